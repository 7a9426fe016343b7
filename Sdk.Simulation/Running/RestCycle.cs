using System.Runtime.CompilerServices;

namespace PollScale.Simulation.Running;

/// <summary>What a core does at rest, over and over: empty polls until a decision is due, and a decision that changes nothing.</summary>
internal readonly struct RestCycle
{
    private readonly PollDivisor _cycles;

    /// <param name="empty">Empty polls at the P-state in force.</param>
    /// <param name="period">From one decision to the next at least, ps.</param>
    /// <param name="decision">Time that a decision takes, ps.</param>
    public RestCycle(in PollDivisor empty, long period, long decision)
    {
        Polls = empty.Covering(period);
        _cycles = new PollDivisor((Polls * empty.Time) + decision);
    }

    /// <summary>Empty polls of each.</summary>
    public long Polls { get; }

    /// <summary>Length of each, ps.</summary>
    public long Time => _cycles.Time;

    /// <summary>How many are over within a time, and before its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Within(long time) => _cycles.Covering(time) - 1;
}
