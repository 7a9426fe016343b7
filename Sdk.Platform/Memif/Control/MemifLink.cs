namespace PollScale.Memif.Control;

/// <summary>A link that is up: its queues, and the memory that they lie in until it is disposed.</summary>
internal sealed class MemifLink : IDisposable
{
    private const int Offered = 0, Taken = 1, Withdrawn = 2;
    private readonly IDisposable _memory;
    private readonly PeerBell _bell;
    private int _state = Offered;

    private MemifLink(string peer, IDisposable memory, PeerBell bell, (RxQueue Rx, TxQueue Tx) queues)
    {
        (Peer, _memory, _bell) = (peer, memory, bell);
        (Rx, Tx) = queues;
        try
        {
            bell.Begin();
        }
        catch (MemifRefusal)
        {
            Rx.Close();
            throw;
        }
    }

    /// <summary>What the peer calls itself.</summary>
    public string Peer { get; }

    /// <summary>Packets of the peer.</summary>
    public RxQueue Rx { get; }

    /// <summary>Packets to the peer.</summary>
    public TxQueue Tx { get; }

    /// <summary>A slave's: the master has said that it is connected. Posts buffers.</summary>
    public static MemifLink OfSlave(string peer, OwnMemory memory, PeerBell bell) => new(peer, memory, bell, memory.Open(bell.Ring));

    /// <summary>A master's. Like every other one it sets both rings' indices to 0, before the slave hears that it is connected.</summary>
    public static MemifLink OfMaster(string peer, PeerMemory memory, PeerBell bell, MemifRing toMaster, MemifRing toSlave)
    {
        toMaster.Head = toMaster.Tail = toSlave.Head = toSlave.Tail = 0;
        MemifRegion[] regions = memory.Regions;
        return new(peer, memory, bell, (new RxQueue(toMaster, regions, null), new TxQueue(toSlave, regions, null, bell.Ring)));
    }

    /// <summary>The polling thread takes it, and disposes it when it is done with it.</summary>
    /// <returns>False when it is withdrawn.</returns>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Offered) == Offered;

    /// <summary>The peer is gone: it is disposed here unless the polling thread has it.</summary>
    public void Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Offered) == Offered)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _bell.Dispose();
        Rx.Close();
        Tx.Close();
        _memory.Dispose();
    }
}
