using System.ComponentModel;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>A non-blocking descriptor of a byte stream: a socket, a character device or one end of a pty. Results are as in the kernel: a count, or a negative error number.</summary>
// SAFETY: buffers are pinned for the call and given with their length; structures lie on the stack and have the kernel's layout.
internal sealed unsafe class StreamDescriptor : IDisposable
{
    private int _fd;

    /// <summary>Takes over a descriptor.</summary>
    /// <param name="fd">Open and non-blocking.</param>
    internal StreamDescriptor(int fd) => _fd = fd;

    /// <summary>The descriptor; -1 after disposal.</summary>
    public int Fd => _fd;

    /// <summary>Opens a character device for reading and writing. A terminal is made raw, so that no byte is changed or echoed.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static StreamDescriptor OpenDevice(string path)
    {
        int fd = LibC.open(path, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw Errno.Failure($"open of {path}");
        }

        StreamDescriptor device = new(fd);
        if (LibC.isatty(fd) == 1)
        {
            device.MakeRaw(path);
        }

        return device;
    }

    /// <summary>Two connected stream sockets.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static (StreamDescriptor First, StreamDescriptor Second) Pair() => Pair(LibC.SOCK_STREAM);

    /// <summary>Two connected sockets that keep packets apart: what one write sends, one read takes.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static (StreamDescriptor First, StreamDescriptor Second) PacketPair() => Pair(LibC.SOCK_SEQPACKET);

    private static (StreamDescriptor First, StreamDescriptor Second) Pair(int type)
    {
        int* ends = stackalloc int[2];
        return LibC.socketpair(LibC.AF_UNIX, type | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0, ends) == 0
            ? (new StreamDescriptor(ends[0]), new StreamDescriptor(ends[1]))
            : throw Errno.Failure("socketpair");
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read, 0 at the end of the stream, or a negative error number: -EAGAIN when nothing is there.</returns>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint done;
            do
            {
                done = LibC.read(_fd, start, (nuint)buffer.Length);
            }
            while (done < 0 && LibC.errno == LibC.EINTR);

            return done < 0 ? -LibC.errno : (int)done;
        }
    }

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>Bytes written, or a negative error number: -EAGAIN when there is no room.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint done;
            do
            {
                done = LibC.write(_fd, start, (nuint)bytes.Length);
            }
            while (done < 0 && LibC.errno == LibC.EINTR);

            return done < 0 ? -LibC.errno : (int)done;
        }
    }

    /// <summary>Sleeps until bytes can be read.</summary>
    /// <returns>False when <paramref name="milliseconds"/> passed first.</returns>
    public bool WaitReadable(int milliseconds) => Wait(LibC.POLLIN, milliseconds);

    /// <summary>Sleeps until there is room to write.</summary>
    /// <returns>False when <paramref name="milliseconds"/> passed first.</returns>
    public bool WaitWritable(int milliseconds) => Wait(LibC.POLLOUT, milliseconds);

    /// <summary>Sleeps until bytes can be read or written.</summary>
    /// <returns>False when <paramref name="milliseconds"/> passed first.</returns>
    public bool WaitEither(int milliseconds) => Wait(LibC.POLLIN | LibC.POLLOUT, milliseconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = LibC.close(fd);
        }
    }

    internal void MakeRaw(string path)
    {
        termios settings;
        if (LibC.tcgetattr(_fd, &settings) == 0)
        {
            LibC.cfmakeraw(&settings);
            if (LibC.tcsetattr(_fd, LibC.TCSANOW, &settings) == 0)
            {
                return;
            }
        }

        Win32Exception failure = Errno.Failure($"making {path} a raw terminal");
        Dispose();
        throw failure;
    }

    private bool Wait(short events, int milliseconds)
    {
        pollfd wanted = new() { fd = _fd, events = events };
        return LibC.poll(&wanted, 1, milliseconds) > 0;
    }
}
