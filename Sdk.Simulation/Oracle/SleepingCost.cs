using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>What a schedule costs a core that may sleep, once it is known for how long at most.</summary>
/// <remarks>Stretches are summed up by the P-states between whose rates they lie: any hull of these P-states is a line there, so that their mean rate costs what they do.</remarks>
internal sealed class SleepingCost(SleepingCore core)
{
    private readonly double[] _rates = [.. core.Rates.Order()];
    private readonly double[] _seconds = new double[core.Rates.Count + 1];
    private readonly double[] _packets = new double[core.Rates.Count + 1];

    public void Add(double rate, double seconds, long packets)
    {
        int i = 0;
        while (i < _rates.Length && _rates[i] < rate)
        {
            i++;
        }

        _seconds[i] += seconds;
        _packets[i] += packets;
    }

    /// <summary>A lower bound of the energy in J.</summary>
    /// <param name="longest">Longest time in which the core need not poll, in simulated time.</param>
    public double Least(long longest)
    {
        double deepest = core.Idle.Deepest.Watts, sleep = core.SleepWatts(longest);

        // A sleep that began before the start, or lasts beyond the end, may be in any state, and be left at another's expense.
        double edges = 2 * Math.Max(0, sleep - deepest) * SimTime.ToSeconds(longest);
        return Math.Max(Cost(deepest), Cost(sleep) - edges);
    }

    private double Cost(double sleepWatts)
    {
        PowerHull hull = core.Hull(sleepWatts);
        double joules = 0;
        for (int i = 0; i < _seconds.Length; i++)
        {
            joules += _seconds[i] > 0 ? hull.Watts(_packets[i] / _seconds[i]) * _seconds[i] : 0;
        }

        return joules;
    }
}
