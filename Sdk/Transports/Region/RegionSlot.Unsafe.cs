using PollScale.Region;

namespace PollScale.Transports;

/// <summary>One vCPU's way to its host: the slot, the status and the doorbell.</summary>
// SAFETY: the device keeps all three mapped while this is used; the doorbell is one aligned u32.
internal readonly unsafe struct RegionSlot
{
    private readonly uint* _doorbell;
    private readonly uint _ring;
    private readonly bool _spins;

    /// <summary>Takes a vCPU's.</summary>
    public RegionSlot(RegionDevice device, RegionHeader header, int vcpu)
    {
        Requests = device.Region.Requests(header, vcpu);
        Status = device.Region.Status(header, vcpu);
        _doorbell = device.Doorbell;
        _ring = ((uint)header.DoorbellPeer << 16) | (uint)vcpu;
        _spins = (header.Flags & RegionFlags.HostSpins) != 0;
    }

    /// <summary>The slot.</summary>
    public RegionRequests Requests { get; }

    /// <summary>The status.</summary>
    public RegionStatusReader Status { get; }

    /// <summary>Stores a request and rings.</summary>
    /// <param name="request">The request.</param>
    /// <param name="hypercalls">Rings in place of the doorbell where it may.</param>
    public void Send(RequestWord request, HypercallRing hypercalls)
    {
        Requests.Store(request);
        Interlocked.MemoryBarrier();
        if (!hypercalls.TryRing(request))
        {
            Ring();
        }
    }

    /// <summary>Rings the doorbell, unless the host looks without.</summary>
    public void Ring()
    {
        if (!_spins)
        {
            Volatile.Write(ref *_doorbell, _ring);
        }
    }
}
