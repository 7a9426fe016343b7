using PollScale.HostStub.Daemon.Shards;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Brings one vCPU's hypercalls to the shard of its slot. Disposed on the shard's thread, or where no shard has watched it.</summary>
internal interface IHypercallWatch : IShardWatch, IDisposable
{
    /// <summary>What they ring.</summary>
    IHypercallSlot Slot { get; }

    /// <summary>The vCPU's thread.</summary>
    int Thread { get; }

    /// <summary>The thread has ended, or what this was made for holds no longer. From any thread.</summary>
    bool HasEnded { get; }

    /// <summary>The page's header was written, under another nonce. From any thread.</summary>
    void Described()
    {
    }
}
