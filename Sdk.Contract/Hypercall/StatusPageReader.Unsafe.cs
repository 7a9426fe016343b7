using System.Runtime.CompilerServices;

namespace PollScale.Hypercall;

/// <summary>Reader of a host's status page (<see cref="StatusPageLayout"/>), which it believes nothing that would harm the guest.</summary>
// SAFETY: the page is one of 4096 bytes that its owner keeps mapped while this is used; every field's offset lies in it.
internal readonly unsafe struct StatusPageReader
{
    private const int Attempts = 64;
    private readonly byte* _page;

    /// <summary>Takes the page at <paramref name="page"/>: <see cref="StatusPageLayout.Size"/> bytes, 8-byte aligned.</summary>
    public StatusPageReader(byte* page) => _page = page;

    /// <summary>Emulation stretch, Q16.16; never below 1.0, whatever the page says.</summary>
    public uint StretchQ16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Max(StatusPageLayout.StretchOne, U32(StatusPageLayout.StretchQ16));
    }

    /// <summary>The sequence lock.</summary>
    public uint Lock => U32(StatusPageLayout.Sequence);

    /// <summary>Whether what was read since <see cref="Lock"/> had this value belongs together.</summary>
    public bool IsUnchangedSince(uint before) => (before & 1) == 0 && Lock == before;

    /// <summary>Reads all fields as of one moment.</summary>
    /// <returns>False when the host was writing at every attempt.</returns>
    public bool TryRead(out StatusSnapshot snapshot)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            uint before = Lock;
            snapshot = new StatusSnapshot(
                U32(StatusPageLayout.AbiVersion),
                U32(StatusPageLayout.PState),
                U32(StatusPageLayout.FrequencyKHz),
                U64(StatusPageLayout.ChangedTsc),
                U64(StatusPageLayout.Changes),
                U32(StatusPageLayout.StretchQ16));
            if (IsUnchangedSince(before))
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        snapshot = default;
        return false;
    }

    private uint U32(int offset) => Volatile.Read(ref *(uint*)(_page + offset));

    private ulong U64(int offset) => Volatile.Read(ref *(ulong*)(_page + offset));
}
