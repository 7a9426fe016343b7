using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>Mapped memory that stays mapped until it is disposed.</summary>
// SAFETY: the address is given out while the handle is open only, and whoever keeps it keeps the region.
internal sealed unsafe class MappedRegion : SafeHandle
{
    private readonly nuint _length;

    private MappedRegion(void* address, nuint length)
        : base(0, ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)address);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>First byte; valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">The region was unmapped.</exception>
    public byte* Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (byte*)handle;
        }
    }

    /// <summary>Bytes mapped.</summary>
    public nuint Length => _length;

    /// <summary>Maps part of an open file or device, shared.</summary>
    /// <param name="fd">Descriptor; it may be closed afterwards.</param>
    /// <param name="offset">First byte, a multiple of the page size.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="protection">PROT_ bits of <see cref="LibC"/>.</param>
    /// <param name="what">Name for the error message.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static MappedRegion Map(int fd, long offset, nuint length, int protection, string what)
    {
        void* address = LibC.mmap(null, length, protection, LibC.MAP_SHARED, fd, offset);
        return address == LibC.MAP_FAILED ? throw Errno.Failure($"mmap of {what}") : new MappedRegion(address, length);
    }

    /// <summary>Maps part of a file or device by path, shared.</summary>
    /// <param name="path">Path, such as /dev/mem.</param>
    /// <param name="openFlags">O_ flags of <see cref="LibC"/>.</param>
    /// <param name="offset">First byte, a multiple of the page size.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="protection">PROT_ bits of <see cref="LibC"/>.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static MappedRegion MapPath(string path, int openFlags, long offset, nuint length, int protection)
    {
        int fd = LibC.open(path, openFlags | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw Errno.Failure($"open of {path}");
        }

        try
        {
            return Map(fd, offset, length, protection, $"{path} at 0x{offset:x}");
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.munmap((void*)handle, _length) == 0;
}
