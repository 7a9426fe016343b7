using PollScale.Native;

namespace PollScale.HostStub.Lifetime;

/// <summary>
/// Standard output or error as the kernel has it. A write that fails, because the stream is closed, its file system full or its reader gone, is
/// told once and then all is dropped: no thread that reports something fails by it, and the command ends in order. Where <see cref="Throws"/>, it
/// fails like any other file instead.
/// </summary>
/// <remarks>System.Console throws where a stream is closed or full, on whatever thread writes, and says nothing where the reader has gone.</remarks>
internal sealed unsafe class StandardStream(int fd, Action<string>? failed) : Stream
{
    private const int F_GETFL = 3, O_ACCMODE = 3;
    private string? _problem;
    private bool _closed;

    /// <summary>Why it cannot be written; null while it can.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>A write that fails throws <see cref="IOException"/>, and the next may succeed again.</summary>
    public bool Throws { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Finds out whether it is open at all.</summary>
    /// <returns>True when it is.</returns>
    public bool Probe()
    {
        // Where a program starts without it, the runtime's own first file takes its number; that is open for reading, or no file.
        int flags = LibC.fcntl(fd, F_GETFL, 0);
        _closed = flags < 0 || (flags & O_ACCMODE) == LibC.O_RDONLY || IsOfRuntime();
        return !_closed;
    }

    /// <summary>Says now what a write would say, where it is closed.</summary>
    public void TellClosed()
    {
        if (_closed)
        {
            Fail(LibC.EBADF);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        TellClosed();

        // SAFETY: the span is pinned, and no more than what is left of it is written.
        fixed (byte* first = buffer)
        {
            for (int written = 0; written < buffer.Length && Problem is null;)
            {
                nint count = LibC.write(fd, first + written, (nuint)(buffer.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                switch (LibC.errno)
                {
                    case LibC.EINTR:
                        break;
                    case LibC.EAGAIN: // another program made it non-blocking
                        Thread.Sleep(1);
                        break;
                    case int errno:
                        Fail(errno);
                        break;
                }
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Fail(int errno)
    {
        string problem = errno == LibC.EBADF ? "it is closed" : LibC.strerror(errno);
        if (Throws)
        {
            throw new IOException(problem, errno);
        }

        if (Interlocked.CompareExchange(ref _problem, problem, null) is null)
        {
            failed?.Invoke(problem);
        }
    }

    private bool IsOfRuntime()
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{fd}").LinkTarget?.StartsWith("anon_inode:", StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
