using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>The host's side of one vCPU's slot and status in a region. It belongs to one thread at a time.</summary>
// SAFETY: slot and status lie in a region that its owner keeps mapped and nobody can shrink; their fields lie in the layout's strides.
internal sealed unsafe class RegionVcpuWriter
{
    private readonly byte* _slot;
    private readonly StatusPageWriter _status;
    private ulong _changes;
    private int _pState = -1;

    /// <summary>Takes the slot and the status of a vCPU that nobody else writes for the host.</summary>
    /// <param name="slot">First byte of the slot, 8-byte aligned.</param>
    /// <param name="status">First byte of the status, 8-byte aligned.</param>
    public RegionVcpuWriter(byte* slot, byte* status)
    {
        _slot = slot;
        _status = new StatusPageWriter(status);
    }

    /// <summary>The request in the slot: one load, of whatever the guest wrote.</summary>
    public RequestWord Request => new(Volatile.Read(ref *(ulong*)(_slot + RegionLayout.RequestField)));

    /// <summary>The sequence that was answered last in a region that another process of this host served: a guest that has forged it loses a request of its own.</summary>
    public uint Answered => Volatile.Read(ref *(uint*)(_slot + RegionLayout.EchoField));

    /// <summary>Answers.</summary>
    /// <param name="sequence">The request's.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="dropped">Calls dropped so far.</param>
    public void Reply(uint sequence, FrequencyReply reply, uint dropped)
    {
        byte* slot = _slot;
        Volatile.Write(ref *(long*)(slot + RegionLayout.ResultField), reply.Value);
        Volatile.Write(ref *(uint*)(slot + RegionLayout.DroppedField), dropped);
        Volatile.Write(ref *(uint*)(slot + RegionLayout.EchoField), sequence);
    }

    /// <summary>Publishes what is in force.</summary>
    /// <param name="pState">Index in force.</param>
    /// <param name="kHz">Its frequency.</param>
    /// <param name="stretchQ16">Stretch in Q16.16.</param>
    /// <param name="appliedNs">ns from seeing the last request to its being applied.</param>
    /// <param name="sequence">That request's.</param>
    public void Publish(int pState, uint kHz, uint stretchQ16, ulong appliedNs, uint sequence)
    {
        // Where the guest starts is no change.
        _changes += _pState >= 0 && _pState != pState ? 1u : 0u;
        _pState = pState;
        _status.Write(pState, kHz, appliedNs, _changes, stretchQ16, sequence);
    }
}
