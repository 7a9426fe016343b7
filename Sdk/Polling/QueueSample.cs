namespace PollScale.Polling;

/// <summary>What one lcore saw of its rx queues since the sample before. Governors decide on this alone.</summary>
public readonly record struct QueueSample
{
    // Written in place: what an initialiser makes is copied, in wider pieces than it was written, for which a core waits longer than all of a decision takes otherwise.
    internal QueueSample(ulong elapsedTicks, ulong callTicks, uint received, int backlog, int guessedBacklog, uint polls, uint emptyPolls, uint fullPolls, int pState, bool settled, ulong idleTicks, ulong lateTicks)
    {
        ElapsedTicks = elapsedTicks;
        CallTicks = callTicks;
        Received = received;
        Backlog = backlog;
        GuessedBacklog = guessedBacklog;
        Polls = polls;
        EmptyPolls = emptyPolls;
        FullPolls = fullPolls;
        PState = pState;
        Settled = settled;
        IdleTicks = idleTicks;
        LateTicks = lateTicks;
    }

    /// <summary>TSC ticks since the sample before; 0 when the TSC went backwards.</summary>
    public ulong ElapsedTicks { get; init; }

    /// <summary>Part of <see cref="ElapsedTicks"/> that a frequency call took: nothing was polled meanwhile.</summary>
    public ulong CallTicks { get; init; }

    /// <summary>Part of <see cref="ElapsedTicks"/> for which the loop waited on empty rings, and what the decision before took: nothing was polled meanwhile.</summary>
    public ulong IdleTicks { get; init; }

    /// <summary>Part of <see cref="IdleTicks"/> by which the wait ended later than it was to.</summary>
    public ulong LateTicks { get; init; }

    /// <summary>Packets received.</summary>
    public uint Received { get; init; }

    /// <summary>Packets still waiting after the last poll, over all rx queues; -1 when the NIC cannot tell.</summary>
    public int Backlog { get; init; }

    /// <summary>
    /// Part of <see cref="Backlog"/> that no NIC told but unbroken full bursts suggest, where some of several queues cannot tell. It calls for
    /// speed; its changes are no arrivals.
    /// </summary>
    public int GuessedBacklog { get; init; }

    /// <summary>Polls.</summary>
    public uint Polls { get; init; }

    /// <summary>Polls that returned nothing.</summary>
    public uint EmptyPolls { get; init; }

    /// <summary>Polls that returned a full burst.</summary>
    public uint FullPolls { get; init; }

    /// <summary>P-state index last granted.</summary>
    public int PState { get; init; }

    /// <summary>True when <see cref="PState"/> was in effect throughout, with no transition under way.</summary>
    public bool Settled { get; init; }

    /// <summary>
    /// True when the clock leapt: how long the time since the sample before was is unknown, as is what happened in it. Times and counts are 0
    /// then; <see cref="Backlog"/> holds, but its change since the sample before belongs to no known time.
    /// </summary>
    public bool ClockLeapt { get; init; }

    /// <summary>Ticks in which the core polled and worked: the time that passed, less that of calls and waits.</summary>
    internal double PollingTicks => CallTicks + IdleTicks < ElapsedTicks ? (long)(ElapsedTicks - CallTicks - IdleTicks) : 0;

    /// <summary>True when every poll returned a full burst: more may have waited throughout.</summary>
    internal bool AllFull => Polls > 0 && FullPolls == Polls;
}
