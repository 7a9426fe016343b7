namespace PollScale.Hypercall;

/// <summary>
/// Writer of one guest's status page (<see cref="StatusPageLayout"/>). The first publication states where the guest starts; each
/// later one counts as a change. Callers serialise publications; readers (<see cref="StatusPageReader"/>) need no lock.
/// </summary>
// SAFETY: the page is one of 4096 bytes that its owner keeps mapped; every field's offset lies in it.
internal sealed unsafe class StatusPageWriter : IStatusSink
{
    private readonly byte* _page;
    private uint _sequence;
    private ulong _publications;

    /// <summary>Takes the page at <paramref name="page"/>: <see cref="StatusPageLayout.Size"/> bytes, 8-byte aligned, valid while this object is used.</summary>
    public StatusPageWriter(byte* page)
    {
        ArgumentNullException.ThrowIfNull(page);
        _page = page;
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.AbiVersion), HypercallAbi.Version);
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.StretchQ16), StatusPageLayout.StretchOne);
    }

    /// <inheritdoc/>
    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16)
    {
        // Sequence and count live here, not in the page: a guest that can write the page only fools itself.
        // Every store is a release, so no store passes an earlier one.
        Volatile.Write(ref *(uint*)(_page + StatusPageLayout.Sequence), ++_sequence);
        Volatile.Write(ref *(uint*)(_page + StatusPageLayout.PState), (uint)pState);
        Volatile.Write(ref *(uint*)(_page + StatusPageLayout.FrequencyKHz), kHz);
        Volatile.Write(ref *(ulong*)(_page + StatusPageLayout.ChangedTsc), tsc);
        Volatile.Write(ref *(ulong*)(_page + StatusPageLayout.Changes), _publications++);
        Volatile.Write(ref *(uint*)(_page + StatusPageLayout.StretchQ16), stretchQ16);
        Volatile.Write(ref *(uint*)(_page + StatusPageLayout.Sequence), ++_sequence);
    }
}
