using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>A core that may sleep: what it serves and draws, and its idle states.</summary>
/// <param name="Rates">Service rates in packets per second.</param>
/// <param name="Watts">Power at each, in W.</param>
/// <param name="Idle">Its idle states.</param>
internal sealed record SleepingCore(IReadOnlyList<double> Rates, IReadOnlyList<double> Watts, IdleStates Idle)
{
    /// <summary>A core with full bursts.</summary>
    public static SleepingCore Of(CoreModel core) => new([.. Enumerable.Range(0, core.KHz.Count).Select(core.ServiceRate)], core.Watts, core.Idle);

    /// <summary>The least power at which it works, where idle time takes so much.</summary>
    public PowerHull Hull(double sleepWatts) => new(Rates, Watts, sleepWatts);

    /// <summary>The least mean power, in W, of a time from a poll to the next in which it sleeps, where none lasts longer than this.</summary>
    /// <remarks>
    /// A time g in a state has its exit latency x in it, at the power of some P-state, w at least, and the rest, its least residency or more, at the state's p: p + (w - p) x / g,
    /// which falls with g. A pause leaves at once.
    /// </remarks>
    public double SleepWatts(long longest)
    {
        double least = Idle.List[IdleStates.Pause].Watts, working = Watts.Min();
        foreach (IdleState state in Idle.List)
        {
            if (state.LeastResidency + state.ExitLatency <= longest)
            {
                least = Math.Min(least, state.Watts + ((working - state.Watts) * state.ExitLatency / Math.Max(1, longest)));
            }
        }

        return least;
    }
}
