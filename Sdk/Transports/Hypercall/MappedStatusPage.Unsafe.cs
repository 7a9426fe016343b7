using System.Runtime.CompilerServices;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>The host's status page, mapped. After disposal it reads as a page of no emulation.</summary>
// SAFETY: the page is mapped until disposal, after which nothing is read.
internal sealed unsafe class MappedStatusPage : IDisposable
{
    private readonly MappedRegion _region;
    private readonly StatusPageReader _reader;
    private bool _disposed;

    private MappedStatusPage(MappedRegion region)
    {
        _region = region;
        _reader = new StatusPageReader(region.Address);
    }

    /// <summary>Emulation stretch, Q16.16; never below 1.0, whatever the page says.</summary>
    public uint StretchQ16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _disposed ? StatusPageLayout.StretchOne : _reader.StretchQ16;
    }

    /// <summary>Maps the page that a descriptor gives.</summary>
    public static MappedStatusPage FromDescriptor(int fd) =>
        new(MappedRegion.Map(fd, 0, StatusPageLayout.PageSize, LibC.PROT_READ, $"the status page, descriptor {fd}"));

    /// <summary>Maps the page at an address of a device that shows physical memory.</summary>
    public static MappedStatusPage FromPhysical(string device, ulong address) =>
        new(MappedRegion.MapPath(device, LibC.O_RDONLY, (long)address, StatusPageLayout.PageSize, LibC.PROT_READ));

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _region.Dispose();
    }
}
