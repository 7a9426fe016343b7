using PollScale.Memif;
using PollScale.Memif.Control;

namespace PollScale.Samples.QueueScaler;

/// <summary>The queues of a memif port, whose peer comes and goes.</summary>
internal readonly struct MemifLinks(MemifPort port) : IPacketLink
{
    public RxQueue Rx => port.Rx;

    public TxQueue Tx => port.Tx;

    public bool IsStopped => false;

    public bool Poll() => port.Poll();
}
