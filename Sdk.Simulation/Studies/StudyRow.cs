using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;

namespace PollScale.Simulation.Studies;

/// <summary>One governor on one workload with one seed.</summary>
/// <param name="Governor">Its name.</param>
/// <param name="Workload">The workload's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Run">What happened.</param>
/// <param name="Oracle">The least energy for the same arrivals.</param>
/// <param name="Fastest">The same with the fastest P-state throughout.</param>
internal sealed record StudyRow(string Governor, string Workload, ulong Seed, RunResult Run, OracleResult Oracle, RunResult Fastest)
{
    /// <summary>Share of packets that may wait longer than the bound: p99.9 is what is promised.</summary>
    public const double AllowedLate = 1e-3;

    /// <summary>Energy over the oracle's, which never sleeps.</summary>
    public double EnergyRatio => Run.Joules / Oracle.Energy;

    /// <summary>Energy over a lower bound of what an oracle takes that may sleep too.</summary>
    public double EnergyOverSleeper => Run.Joules / Oracle.EnergyWithIdle ?? double.NaN;

    /// <summary>The other governor of the study, or the fastest P-state, that took the least energy for the same arrivals of those that are valid and never slept.</summary>
    public (string Governor, double Joules) Best { get; init; } = ("max", Fastest.Joules);

    /// <summary>Energy over that of the best.</summary>
    public double OverBest => Run.Joules / Best.Joules;

    /// <summary>Packets lost that the fastest P-state does not lose.</summary>
    public long ExcessLoss => Math.Max(0, Run.Lost - Fastest.Lost);

    /// <summary>Too many packets waited longer than the bound, though the fastest P-state keeps it.</summary>
    public bool Late => IsLate(Run) && !IsLate(Fastest);

    /// <summary>Loses nothing that need not be lost, and keeps the bound wherever that is possible: only then its energy counts.</summary>
    public bool Valid => ExcessLoss == 0 && !Late;

    private static bool IsLate(RunResult run) => run.Delay.OverBound > AllowedLate * run.Offered;
}
