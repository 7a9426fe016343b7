namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What the observed hypercalls of one vCPU came to. One writer, the thread of its shard; readers see each count whole.</summary>
internal sealed class HypercallCounters
{
    private ulong _served, _wrongThread, _wrongSlot, _wrongCpu, _lost;

    /// <summary>Requests that a hypercall brought.</summary>
    public ulong Served => Volatile.Read(ref _served);

    /// <summary>Records of another thread.</summary>
    public ulong WrongThread => Volatile.Read(ref _wrongThread);

    /// <summary>Records whose number was not that of the request in the slot.</summary>
    public ulong WrongSlot => Volatile.Read(ref _wrongSlot);

    /// <summary>Records of a vCPU that ran on another pCPU than its own.</summary>
    public ulong WrongCpu => Volatile.Read(ref _wrongCpu);

    /// <summary>Records that the kernel had no room for, as far as it told, and such as were none.</summary>
    public ulong Lost => Volatile.Read(ref _lost);

    /// <summary>Counts a request.</summary>
    public void CountServed() => Volatile.Write(ref _served, _served + 1);

    /// <summary>Counts records that are gone.</summary>
    public void CountLost(ulong records) => Volatile.Write(ref _lost, _lost + records);

    /// <summary>Counts a record that was dropped; one that was not changes nothing.</summary>
    public void Count(HypercallVerdict verdict)
    {
        switch (verdict)
        {
            case HypercallVerdict.WrongThread:
                Volatile.Write(ref _wrongThread, _wrongThread + 1);
                break;
            case HypercallVerdict.WrongSlot:
                Volatile.Write(ref _wrongSlot, _wrongSlot + 1);
                break;
            case HypercallVerdict.WrongCpu:
                Volatile.Write(ref _wrongCpu, _wrongCpu + 1);
                break;
            default:
                break;
        }
    }
}
