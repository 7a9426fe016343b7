using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>Unpacks a gzip file into a pipe, on a thread of its own: however much comes out, no more than a pipe's worth waits.</summary>
// SAFETY: the block is pinned while the kernel reads what is left of it.
internal sealed unsafe class GzipPump : IDisposable
{
    private const int BlockSize = 64 * 1024;
    private readonly SafeFileHandle _packed;
    private readonly SafeFileHandle _write;
    private readonly string _path;
    private readonly HostThread _thread;
    private volatile string? _failure;

    private GzipPump(SafeFileHandle packed, SafeFileHandle write, string path)
    {
        _packed = packed;
        _write = write;
        _path = path;
        _thread = new HostThread("gunzip", Pump, e => _failure = e.Message);
        _thread.Start();
    }

    /// <summary>Why the rest was not unpacked, once the pipe has ended; null when nothing is missing.</summary>
    public string? Failure
    {
        get
        {
            _thread.Join();
            return _failure;
        }
    }

    /// <summary>Begins.</summary>
    /// <param name="packed">The file; the pump closes it.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="readEnd">The end to read from; the caller closes it before it disposes of the pump.</param>
    public static GzipPump Start(SafeFileHandle packed, string path, out int readEnd)
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
        {
            throw new PcapException($"Cannot unpack {path}: no pipe can be made, {LibC.strerror(LibC.errno)}.");
        }

        readEnd = ends[0];
        return new GzipPump(packed, new SafeFileHandle(ends[1], ownsHandle: true), path);
    }

    /// <summary>Ends; the read end must be closed.</summary>
    public void Dispose() => _thread.Join();

    private void Pump()
    {
        try
        {
            using FileStream file = new(_packed, FileAccess.Read, bufferSize: 0);
            using GZipStream gzip = new(file, CompressionMode.Decompress);
            byte[] block = new byte[BlockSize];
            bool first = true;
            for (int count = gzip.ReadAtLeast(block, 8, throwOnEndOfStream: false); count > 0; count = gzip.Read(block))
            {
                if (first)
                {
                    CaptureFile.Refuse(_path, block.AsSpan(0, count));
                    first = false;
                }

                if (!Write(block.AsSpan(0, count)))
                {
                    return;
                }
            }
        }
        catch (InvalidDataException e)
        {
            _failure = $"its gzip data is cut off or damaged: {e.Message}";
        }
        finally
        {
            _write.Dispose();
        }
    }

    // False once nobody reads any more.
    private bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint count = LibC.write((int)_write.DangerousGetHandle(), first + done, (nuint)(bytes.Length - done));
                if (count < 0 && LibC.errno != LibC.EINTR)
                {
                    return false;
                }

                done += (int)Math.Max(0, count);
            }
        }

        return true;
    }
}
