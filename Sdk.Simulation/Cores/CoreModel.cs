using PollScale.Shadow;

namespace PollScale.Simulation.Cores;

/// <summary>
/// A polling core: what polls and packets cost at each frequency, and what it draws. Part of the work takes cycles and shrinks with
/// the frequency, part waits for memory and does not.
/// </summary>
public sealed record CoreModel
{
    private const double StaticShare = 0.57;

    /// <summary>Frequencies in kHz, fastest first, strictly falling.</summary>
    public required IReadOnlyList<uint> KHz { get; init; }

    /// <summary>Power in W of a core that polls all the time, by P-state; static and dynamic part together.</summary>
    public required IReadOnlyList<double> Watts { get; init; }

    /// <summary>
    /// Power in W of an lcore that sleeps, whatever its P-state and the length of its sleep; null, the default, is 57 % of the slowest P-state's, the
    /// static part of the synthetic core's 1.58 W.
    /// </summary>
    public double? IdleWatts { get; init; }

    /// <summary>Idle states in place of that one number; null, the default, for none.</summary>
    internal IdleStates? IdleStates { get; init; }

    /// <summary>Cycles a packet takes.</summary>
    public double CyclesPerPacket { get; init; } = 700;

    /// <summary>Time a packet takes at any frequency, in ns.</summary>
    public double MemoryNsPerPacket { get; init; } = 60;

    /// <summary>Cycles a poll takes besides its packets.</summary>
    public double CyclesPerPoll { get; init; } = 60;

    /// <summary>Time a poll takes at any frequency, in ns.</summary>
    public double MemoryNsPerPoll { get; init; } = 20;

    /// <summary>Most packets a poll returns.</summary>
    public int BurstSize { get; init; } = 32;

    /// <summary>What an lcore that sleeps comes to.</summary>
    internal IdleStates Idle => IdleStates ?? (IdleWatts is double watts
        ? IdleStates.One(watts, "one number for every sleep, as given")
        : IdleStates.One(StaticShare * Watts[^1], "57 % of the slowest P-state's power: the static part of the synthetic core's"));

    /// <summary>Time of one poll that returns some packets, in simulated time.</summary>
    public long PollTime(int pState, int packets) =>
        (long)Math.Round((((CyclesPerPoll + (CyclesPerPacket * packets)) * 1e6 / KHz[pState]) + MemoryNsPerPoll + (MemoryNsPerPacket * packets)) * SimTime.Nanosecond);

    /// <summary>Packets a second that full bursts reach at a P-state: the service rate mu.</summary>
    public double ServiceRate(int pState) => BurstSize * (double)SimTime.Second / PollTime(pState, BurstSize);

    /// <summary>
    /// The synthetic server core of the figures: 21 P-states of 3.0 .. 1.0 GHz, 0.9 W static, dynamic 4.6 W at 3.0 GHz falling with
    /// f * V^2, V linear from 1.05 V down to 0.70 V. It serves 3.39 .. 1.31 Mpps and draws 5.50 .. 1.58 W.
    /// </summary>
    public static CoreModel Synthetic { get; } = new() { KHz = SyntheticCore.KHz, Watts = SyntheticCore.Watts };
}
