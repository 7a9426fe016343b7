namespace PollScale.Memif.Control;

/// <summary>
/// One interface of a memif socket, for one polling thread: a link that comes and goes. A thread of the socket's own makes links and notices
/// when one is lost; the polling thread sees it by one load a poll, and alone lets go of the memory that it polls.
/// </summary>
/// <remarks>
/// <see cref="Poll"/>, <see cref="Rx"/>, <see cref="Tx"/>, the queues and <see cref="Dispose"/> belong to one thread at a time; all else may be used from any. Queues are those
/// of a link: after the next <see cref="Poll"/> that returns false, or one link later, they are empty and full, and packets taken from them must not be touched.
/// </remarks>
/// <example><code>
/// RxPacket[] packets = new RxPacket[RxQueue.MaxBurst];
/// while (running)
/// {
///     int count = port.Poll() ? port.Rx.Burst(packets) : 0;
///     foreach (RxPacket packet in packets.AsSpan(0, count))
///     {
///         ...
///     }
///
///     if (count > 0)
///     {
///         port.Tx.Publish();
///         port.Rx.Release(count);
///     }
/// }
/// </code></example>
public sealed class MemifPort : IDisposable
{
    /// <summary>Log2 of the smallest ring.</summary>
    internal const int LeastLog2RingSize = 1;

    /// <summary>Bytes of the smallest buffer.</summary>
    internal const int LeastBuffer = 64;

    private readonly ManualResetEventSlim _up = new();
    private readonly Action<MemifPort> _closed;
    private volatile MemifLink? _offered;
    private MemifLink? _seen;
    private MemifLink? _current;
    private string? _told;
    private int _linksMade;
    private bool _isClosed;

    internal MemifPort(MemifPortOptions options, Action<MemifPort> closed) => (Options, _closed) = (options, closed);

    /// <summary>What it was asked for.</summary>
    public MemifPortOptions Options { get; }

    /// <summary>The peer's name for itself, which may be anything of printable ASCII; null while there is no link.</summary>
    public string? Peer => _offered?.Peer;

    /// <summary>Links made so far, the present one among them.</summary>
    public int LinksMade => Volatile.Read(ref _linksMade);

    /// <summary>Packets that come; the same object until <see cref="Poll"/> says otherwise.</summary>
    /// <exception cref="InvalidOperationException">The last poll told of no link.</exception>
    public RxQueue Rx => (_current ?? throw NoLink()).Rx;

    /// <summary>Packets that go; the same object until <see cref="Poll"/> says otherwise.</summary>
    /// <exception cref="InvalidOperationException">The last poll told of no link.</exception>
    public TxQueue Tx => (_current ?? throw NoLink()).Tx;

    /// <summary>Begins a poll; call it before each burst, and before sending where nothing is received. It never waits. Packets of a link that was lost are gone after it: release none of them.</summary>
    /// <returns>True while there is a link. One that was lost and made again between two polls shows in <see cref="LinksMade"/> and in other queues.</returns>
    public bool Poll()
    {
        MemifLink? offered = _offered;
        return ReferenceEquals(offered, _seen) ? _current is not null : Change(offered);
    }

    /// <summary>Waits for a link, from any thread; <see cref="Poll"/> then takes it. A peer may come to forward a moment later than its link: DPDK does.</summary>
    /// <param name="patience">0 .. 24 days, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>False when the time passed first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool WaitForLink(TimeSpan patience, CancellationToken cancel = default) => _up.Wait(patience, cancel);

    /// <summary>Ends the link, which the peer is told, and makes no other; polls return false from then on. By the polling thread, or after its end.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _closed(this);
        _current?.Dispose();
        _current = null;
    }

    /// <summary>A link is up.</summary>
    internal void Offer(MemifLink link)
    {
        Volatile.Write(ref _linksMade, _linksMade + 1);
        _offered = link;
        _up.Set();
        Tell($"link up with '{link.Peer}', rings of {link.Rx.Size} and {link.Tx.Size} descriptors");
    }

    /// <summary>It is lost.</summary>
    internal void Lose(string why)
    {
        if (_offered is { } link)
        {
            _up.Reset();
            _offered = null;
            link.Withdraw();
        }

        Tell(why);
    }

    /// <summary>Tells news once. Who is told may fail: that is no reason to lose a link.</summary>
    internal void Tell(string news)
    {
        if (news != _told)
        {
            _told = news;
            try
            {
                Options.StatusChanged?.Invoke(news);
            }
            catch (Exception e)
            {
                _ = e;
            }
        }
    }

    private bool Change(MemifLink? offered)
    {
        _current?.Dispose();
        _seen = offered;
        _current = !_isClosed && offered is not null && offered.TryTake() ? offered : null;
        return _current is not null;
    }

    private static InvalidOperationException NoLink() => new("There is no memif link: use the queues after Poll has returned true, and until it returns false.");
}
