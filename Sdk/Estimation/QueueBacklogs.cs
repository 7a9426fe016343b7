using System.Numerics;

namespace PollScale.Polling;

/// <summary>The last backlogs of the rx queues that one lcore polls in turn, and their sum.</summary>
/// <remarks>
/// The sum is compared with one ring: however packets are spread over the queues, none holds more than all of them, so what keeps the
/// sum below a ring keeps every ring from overflowing.
/// </remarks>
internal sealed class QueueBacklogs
{
    /// <summary>Most queues of one lcore.</summary>
    public const int MostQueues = 16;

    private const int Most = 1 << 26;
    private readonly int[] _backlogs = new int[MostQueues];
    private readonly int[] _guesses = new int[MostQueues];
    private readonly int _burstSize;
    private readonly int _ringSize;
    private uint _present;

    /// <param name="queues">Queues at the start, 1 .. 16, numbered from 0.</param>
    /// <param name="burstSize">Packets of a full burst.</param>
    /// <param name="ringSize">Descriptors of each ring.</param>
    public QueueBacklogs(int queues, int burstSize, int ringSize)
    {
        _present = (1u << queues) - 1;
        _burstSize = burstSize;
        _ringSize = ringSize;
    }

    /// <summary>Queues polled.</summary>
    public int Count => BitOperations.PopCount(_present);

    /// <summary>True when queue 0 is the only one.</summary>
    public bool IsFirstAlone => _present == 1;

    /// <summary>Packets known to wait in all queues.</summary>
    public int Sum { get; private set; }

    /// <summary>Part of the sum that full bursts suggest and no NIC told.</summary>
    public int Guessed { get; private set; }

    /// <summary>Bit n: queue n was polled, and nothing is known to wait in it.</summary>
    public uint Quiet { get; private set; }

    /// <summary>Sum from which a decision is due at once.</summary>
    public int EscalateAt { get; set; }

    /// <summary>True for the number of a queue that is polled.</summary>
    public bool Has(int queue) => (uint)queue < MostQueues && (_present >> queue & 1) != 0;

    /// <summary>Adds a queue, of which nothing is known to wait.</summary>
    /// <returns>Its number, the least that is free; -1 when there are <see cref="MostQueues"/>.</returns>
    public int Add()
    {
        int queue = BitOperations.TrailingZeroCount(~_present);
        if (queue >= MostQueues)
        {
            return -1;
        }

        _present |= 1u << queue;
        return queue;
    }

    /// <summary>Takes a queue and its backlog out of the sum.</summary>
    public void Remove(int queue)
    {
        Set(queue, 0, 0);
        _present &= ~(1u << queue);
        Quiet &= _present;
    }

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
        Quiet = now == 0 ? Quiet | (1u << queue) : Quiet & ~(1u << queue);
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
