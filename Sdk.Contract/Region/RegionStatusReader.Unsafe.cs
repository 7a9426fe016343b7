using System.Runtime.CompilerServices;
using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>Reader of a vCPU's status in a region. Each load may go to uncached memory: it makes as few as it can.</summary>
// SAFETY: the status lies in a region that its owner keeps mapped while this is used; its fields lie in the stride that the header was checked for.
internal readonly unsafe struct RegionStatusReader
{
    private const int Attempts = 64;
    private readonly byte* _status;
    private readonly StatusPageReader _page;

    /// <summary>Takes the status at <paramref name="status"/>, 8-byte aligned.</summary>
    public RegionStatusReader(byte* status)
    {
        _status = status;
        _page = new StatusPageReader(status);
    }

    /// <summary>Emulation stretch, Q16.16; never below 1.0, whatever the page says.</summary>
    public uint StretchQ16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _page.StretchQ16;
    }

    /// <summary>The sequence lock: another value than before means that there is something to read.</summary>
    public uint Lock => _page.Lock;

    /// <summary>Reads the fields as of one moment.</summary>
    /// <returns>False when the host was writing at every attempt.</returns>
    public bool TryRead(out RegionStatus status)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            uint before = _page.Lock;
            status = new RegionStatus(
                Volatile.Read(ref *(uint*)(_status + StatusPageLayout.PState)),
                Volatile.Read(ref *(ulong*)(_status + RegionLayout.AppliedNsField)),
                Volatile.Read(ref *(uint*)(_status + RegionLayout.AppliedSequenceField)));
            if (_page.IsUnchangedSince(before))
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        status = default;
        return false;
    }
}
