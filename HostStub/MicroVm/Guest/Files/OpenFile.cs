using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>What open gives and dup shares: a file, how it was opened, how many descriptors stand for it. Thread-safe.</summary>
/// <param name="file">The file.</param>
/// <param name="flags">O_ACCMODE, O_NONBLOCK and O_APPEND.</param>
internal sealed class OpenFile(IGuestFile file, int flags)
{
    private const int O_ACCMODE = 3, Settable = LibC.O_NONBLOCK | LibC.O_APPEND;
    private volatile int _flags = flags;
    private int _descriptors;

    public IGuestFile File => file;

    /// <summary>As F_GETFL tells them.</summary>
    public int Flags => _flags;

    public bool IsReadable => (_flags & O_ACCMODE) != LibC.O_WRONLY;

    public bool IsWritable => (_flags & O_ACCMODE) is LibC.O_WRONLY or LibC.O_RDWR;

    public bool IsNonBlocking => (_flags & LibC.O_NONBLOCK) != 0;

    /// <summary>False once the last descriptor is closed.</summary>
    public bool IsOpen => Volatile.Read(ref _descriptors) > 0;

    /// <summary>F_SETFL.</summary>
    public void SetFlags(int flags) => _flags = (_flags & ~Settable) | (flags & Settable);

    public void Retain() => Interlocked.Increment(ref _descriptors);

    public void Release()
    {
        if (Interlocked.Decrement(ref _descriptors) == 0)
        {
            file.Close();
        }
    }
}
