using System.Runtime.CompilerServices;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Reader of the host's status page. After disposal it reads as a page of no emulation.</summary>
// SAFETY: a page is mapped until disposal, after which the pointer is null and nothing is read; every field lies in it.
internal sealed unsafe class StatusPage : IDisposable
{
    public const int PageSize = 4096;
    private const int Attempts = 64;
    private readonly MappedRegion? _region;
    private byte* _page;

    public StatusPage(MappedRegion region)
        : this(region.Address)
    {
        _region = region;
    }

    internal StatusPage(byte* page) => _page = page;

    /// <summary>Emulation stretch, Q16.16; never below 1.0, whatever the page says.</summary>
    public uint StretchQ16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _page == null ? StatusPageLayout.StretchOne : Math.Max(StatusPageLayout.StretchOne, U32(StatusPageLayout.StretchQ16));
    }

    public static StatusPage FromDescriptor(int fd) => new(MappedRegion.Map(fd, 0, PageSize, LibC.PROT_READ, $"the status page, descriptor {fd}"));

    public static StatusPage FromPhysical(string device, ulong address) =>
        new(MappedRegion.MapPath(device, LibC.O_RDONLY, (long)address, PageSize, LibC.PROT_READ));

    /// <summary>Reads all fields as of one moment.</summary>
    /// <returns>False when the host was writing at every attempt.</returns>
    public bool TryRead(out StatusSnapshot snapshot)
    {
        for (int attempt = 0; _page != null && attempt < Attempts; attempt++)
        {
            uint before = U32(StatusPageLayout.Sequence);
            snapshot = new StatusSnapshot(
                U32(StatusPageLayout.AbiVersion),
                U32(StatusPageLayout.PState),
                U32(StatusPageLayout.FrequencyKHz),
                U64(StatusPageLayout.ChangedTsc),
                U64(StatusPageLayout.Changes),
                U32(StatusPageLayout.StretchQ16));
            if ((before & 1) == 0 && U32(StatusPageLayout.Sequence) == before)
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        snapshot = default;
        return false;
    }

    public void Dispose()
    {
        _page = null;
        _region?.Dispose();
    }

    private uint U32(int offset) => Volatile.Read(ref *(uint*)(_page + offset));

    private ulong U64(int offset) => Volatile.Read(ref *(ulong*)(_page + offset));
}
