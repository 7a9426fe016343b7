using PollScale.Region;

namespace PollScale.Hypercall;

/// <summary>
/// Writer of one guest's status page (<see cref="StatusPageLayout"/>). The first publication states where the guest starts; each
/// later one counts as a change. Callers serialise publications; readers (<see cref="StatusPageReader"/>) need no lock.
/// </summary>
// SAFETY: the page has the bytes of a status, of a page or of a region, and its owner keeps it mapped; every field's offset lies in it.
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
    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16) => Write(pState, kHz, tsc, _publications++, stretchQ16);

    /// <summary>Writes all fields as of one moment.</summary>
    /// <param name="pState">Index in effect.</param>
    /// <param name="kHz">Its frequency.</param>
    /// <param name="at">What offset 16 tells: in a status page of its own the TSC of the change, in a region's the ns that the last request took.</param>
    /// <param name="changes">Number of changes.</param>
    /// <param name="stretchQ16">Stretch in Q16.16.</param>
    /// <param name="applied">In a region, the sequence of the last request applied; null in a page of its own, which ends before that field.</param>
    internal void Write(int pState, uint kHz, ulong at, ulong changes, uint stretchQ16, uint? applied = null)
    {
        // Sequence and count live here, not in the page: a guest that can write the page only fools itself.
        // Every store is a release, so no store passes an earlier one.
        byte* page = _page;
        uint sequence = _sequence;
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.Sequence), ++sequence);
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.PState), (uint)pState);
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.FrequencyKHz), kHz);
        Volatile.Write(ref *(ulong*)(page + StatusPageLayout.ChangedTsc), at);
        Volatile.Write(ref *(ulong*)(page + StatusPageLayout.Changes), changes);
        Volatile.Write(ref *(uint*)(page + StatusPageLayout.StretchQ16), stretchQ16);
        if (applied is uint request)
        {
            Volatile.Write(ref *(uint*)(page + RegionLayout.AppliedSequenceField), request);
        }

        Volatile.Write(ref *(uint*)(page + StatusPageLayout.Sequence), ++sequence);
        _sequence = sequence;
    }
}
