namespace PollScale.Polling;

/// <summary>The last backlogs of the rx queues that one lcore polls in turn, and their sum.</summary>
/// <remarks>
/// The sum is compared with one ring: however packets are spread over the queues, none holds more than all of them, so what keeps the
/// sum below a ring keeps every ring from overflowing.
/// </remarks>
internal sealed class QueueBacklogs
{
    private const int Most = 1 << 26;
    private readonly int[] _backlogs;
    private readonly int[] _guesses;
    private readonly int _burstSize;
    private readonly int _ringSize;

    /// <param name="queues">Queues, 1 .. 16.</param>
    /// <param name="burstSize">Packets of a full burst.</param>
    /// <param name="ringSize">Descriptors of each ring.</param>
    public QueueBacklogs(int queues, int burstSize, int ringSize)
    {
        _backlogs = new int[queues];
        _guesses = new int[queues];
        _burstSize = burstSize;
        _ringSize = ringSize;
    }

    /// <summary>Queues polled.</summary>
    public int Count => _backlogs.Length;

    /// <summary>Packets known to wait in all queues.</summary>
    public int Sum { get; private set; }

    /// <summary>Part of the sum that full bursts suggest and no NIC told.</summary>
    public int Guessed { get; private set; }

    /// <summary>Sum from which a decision is due at once.</summary>
    public int EscalateAt { get; set; }

    /// <summary>Takes in a poll of one queue.</summary>
    /// <param name="queue">Its index.</param>
    /// <param name="received">Packets it returned.</param>
    /// <param name="backlog">Packets left; negative where the NIC cannot tell: unbroken full bursts then suggest as many, up to a ring.</param>
    /// <returns>The sum.</returns>
    public int Set(int queue, int received, int backlog)
    {
        ref int last = ref _backlogs[queue];
        int guess = received >= _burstSize ? (int)Math.Min((long)last + received, _ringSize) : 0;
        int now = backlog < 0 ? guess : Math.Min(backlog, Most);
        Sum += now - last;
        last = now;
        ref int guessed = ref _guesses[queue];
        Guessed += (backlog < 0 ? now : 0) - guessed;
        guessed = backlog < 0 ? now : 0;
        return Sum;
    }

    /// <summary>
    /// Descriptors that a governor may plan with. A queue waits for the bursts of all others before it is looked at again; what comes
    /// meanwhile is not in the sum yet. At least half of the ring is left.
    /// </summary>
    public static int PlannedRing(int ringSize, int burstSize, int queues) => Math.Max(ringSize / 2, ringSize - ((queues - 1) * burstSize));
}
