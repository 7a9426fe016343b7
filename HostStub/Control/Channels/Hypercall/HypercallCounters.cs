using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What the hypercalls of one vCPU came to. One writer, the thread of its shard; readers see each count whole.</summary>
internal sealed class HypercallCounters
{
    private ulong _served, _wrongThread, _wrongSlot, _wrongCpu, _lost, _noPage;

    /// <summary>Requests that a hypercall brought.</summary>
    public ulong Served => Volatile.Read(ref _served);

    /// <summary>Records of another thread.</summary>
    public ulong WrongThread => Volatile.Read(ref _wrongThread);

    /// <summary>Records whose number was not that of the request in the slot.</summary>
    public ulong WrongSlot => Volatile.Read(ref _wrongSlot);

    /// <summary>Records of a vCPU that ran on another pCPU than its own.</summary>
    public ulong WrongCpu => Volatile.Read(ref _wrongCpu);

    /// <summary>Records that the kernel had no room for, and such as were none.</summary>
    public ulong Lost => Volatile.Read(ref _lost);

    /// <summary>Calls for which the page was not where it should be, or its header was written over.</summary>
    public ulong NoPage => Volatile.Read(ref _noPage);

    /// <summary>All counts.</summary>
    public HypercallCounts Counts => new(Served, WrongSlot, WrongCpu, WrongThread, Lost, NoPage);

    /// <summary>Counts what was counted elsewhere.</summary>
    public void Add(in HypercallCounts more)
    {
        Volatile.Write(ref _served, _served + more.Served);
        Volatile.Write(ref _wrongSlot, _wrongSlot + more.WrongSlot);
        Volatile.Write(ref _wrongCpu, _wrongCpu + more.WrongCpu);
        Volatile.Write(ref _wrongThread, _wrongThread + more.WrongThread);
        Volatile.Write(ref _lost, _lost + more.Lost);
        Volatile.Write(ref _noPage, _noPage + more.NoPage);
    }

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
