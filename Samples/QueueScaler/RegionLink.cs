using PollScale.Memif;

namespace PollScale.Samples.QueueScaler;

/// <summary>The queues of a region that the host shares, which is there for good.</summary>
internal readonly struct RegionLink(PacketRegion region) : IPacketLink
{
    public RxQueue Rx => region.RxQueue;

    public TxQueue Tx => region.TxQueue;

    public bool IsStopped => region.StopRequested;

    public bool Poll() => true;
}
