namespace PollScale.Memif.Control;

/// <summary>
/// One interface of a memif socket, for one polling thread: a link that comes and goes. A thread of the socket's own makes links and notices
/// when one is lost; the polling thread sees it by one load a poll, and alone lets go of the memory that it polls.
/// </summary>
/// <example><code>
/// while (running)
/// {
///     int count = port.Poll() ? port.Rx.Burst(packets) : 0;
///     ...
/// }
/// </code></example>
internal sealed class MemifPort : IDisposable
{
    /// <summary>Log2 of the smallest ring.</summary>
    public const int LeastLog2RingSize = 1;

    /// <summary>Bytes of the smallest buffer.</summary>
    public const int LeastBuffer = 64;

    private readonly ManualResetEventSlim _up = new();
    private readonly Action<MemifPort> _closed;
    private volatile MemifLink? _offered;
    private MemifLink? _seen;
    private MemifLink? _current;
    private string? _told;

    internal MemifPort(MemifPortOptions options, Action<MemifPort> closed) => (Options, _closed) = (options, closed);

    /// <summary>What it was asked for.</summary>
    public MemifPortOptions Options { get; }

    /// <summary>The peer's name for itself; null while there is no link. From any thread.</summary>
    public string? Peer => _offered?.Peer;

    /// <summary>Links made so far. From any thread.</summary>
    public int Links { get; private set; }

    /// <summary>The link's packets; the same object until <see cref="Poll"/> says otherwise.</summary>
    /// <exception cref="InvalidOperationException">The last poll told of no link.</exception>
    public RxQueue Rx => (_current ?? throw NoLink()).Rx;

    /// <summary>Where packets go.</summary>
    /// <exception cref="InvalidOperationException">The last poll told of no link.</exception>
    public TxQueue Tx => (_current ?? throw NoLink()).Tx;

    /// <summary>Begins a poll. After it packets of a link that was lost are gone: release none of them.</summary>
    /// <returns>True while there is a link.</returns>
    public bool Poll()
    {
        MemifLink? offered = _offered;
        return ReferenceEquals(offered, _seen) ? _current is not null : Change(offered);
    }

    /// <summary>Waits for a link.</summary>
    /// <returns>False when the time passed first.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool WaitForLink(TimeSpan patience, CancellationToken cancel = default) => _up.Wait(patience, cancel);

    /// <summary>Ends the link, which the peer is told, and makes no other. By the polling thread, or after its end.</summary>
    public void Dispose()
    {
        _closed(this);
        _current?.Dispose();
        _current = null;
    }

    /// <summary>A link is up.</summary>
    internal void Offer(MemifLink link)
    {
        Links++;
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

    /// <summary>Tells news once.</summary>
    internal void Tell(string news)
    {
        if (news != _told)
        {
            _told = news;
            Options.Told?.Invoke(news);
        }
    }

    private bool Change(MemifLink? offered)
    {
        _current?.Dispose();
        _seen = offered;
        _current = offered is not null && offered.TryTake() ? offered : null;
        return _current is not null;
    }

    private static InvalidOperationException NoLink() => new("There is no memif link: use the queues after Poll has returned true, and until it returns false.");
}
