using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Studies;
using PollScale.Telemetry;

namespace PollScale.HostStub.Simulation;

/// <summary>What some runs of one governor come to.</summary>
internal sealed record Figures
{
    /// <summary>The governor.</summary>
    public required string Governor { get; init; }

    /// <summary>Workloads run.</summary>
    public required int Workloads { get; init; }

    /// <summary>Workloads left out of <see cref="EnergyRatio"/>: a run of theirs lost packets or came late without need.</summary>
    public required int InvalidWorkloads { get; init; }

    /// <summary>Workloads left out of <see cref="EnergyRatio"/>, whatever the governor: no core can keep the bounds.</summary>
    public required int InfeasibleWorkloads { get; init; }

    /// <summary>Runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that are not valid.</summary>
    public required int InvalidRuns { get; init; }

    /// <summary>Geometric mean of energy over the oracle's, of the workloads not left out; null when that is none.</summary>
    public required double? EnergyRatio { get; init; }

    /// <summary>Geometric mean of energy over that of the best other governor that is valid and never sleeps, chosen for each run in hindsight, of valid runs; null when there are none.</summary>
    public required double? OverBest { get; init; }

    /// <summary>The largest of these.</summary>
    public required double? MostOverBest { get; init; }

    /// <summary>Mean power in W, of all runs.</summary>
    public required double Watts { get; init; }

    /// <summary>Share of the fastest P-state's energy that was saved, of all runs.</summary>
    public required double SavedShare { get; init; }

    /// <summary>Mean delay of the worst run.</summary>
    public required double MeanDelayUs { get; init; }

    /// <summary>Delays of the worst run.</summary>
    public required Percentiles DelayUs { get; init; }

    /// <summary>Packets lost.</summary>
    public required long Lost { get; init; }

    /// <summary>Packets lost that the fastest P-state does not lose.</summary>
    public required long ExcessLoss { get; init; }

    /// <summary>Frequency calls a second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Share of the calls that changed nothing.</summary>
    public required double IdleRequestShare { get; init; }

    /// <summary>Changes of the P-state a second.</summary>
    public required double TransitionsPerSecond { get; init; }

    /// <summary>Share of the time spent in calls.</summary>
    public required double CallShare { get; init; }

    /// <summary>Share of the time asleep.</summary>
    public required double AsleepShare { get; init; }

    /// <summary>Every run is valid.</summary>
    public bool Valid => InvalidRuns == 0;

    /// <summary>Sums runs up.</summary>
    /// <param name="rows">Rows of one governor; one or more.</param>
    public static Figures Of(IReadOnlyList<StudyRow> rows)
    {
        double seconds = rows.Sum(row => SimTime.ToSeconds(row.Run.Time));
        IGrouping<string, StudyRow>[] workloads = [.. rows.GroupBy(row => row.Workload)];
        List<StudyRow> counted = [.. workloads.Where(workload => workload.All(Counts)).SelectMany(workload => workload)];
        StudyRow[] valid = [.. rows.Where(row => row.Valid)];
        long requests = rows.Sum(row => row.Run.Requests);
        return new Figures
        {
            Governor = rows[0].Governor,
            Workloads = workloads.Length,
            InvalidWorkloads = workloads.Count(workload => workload.Any(row => !row.Valid)),
            InfeasibleWorkloads = workloads.Count(workload => workload.All(row => row.Valid) && workload.Any(row => !row.Oracle.Feasible)),
            Runs = rows.Count,
            InvalidRuns = rows.Count(row => !row.Valid),
            EnergyRatio = counted.Count == 0 ? null : Study.GeometricMean(counted),
            OverBest = valid.Length == 0 ? null : Math.Exp(valid.Average(row => Math.Log(row.OverBest))),
            MostOverBest = valid.Length == 0 ? null : valid.Max(row => row.OverBest),
            Watts = rows.Sum(row => row.Run.Joules) / seconds,
            SavedShare = 1 - (rows.Sum(row => row.Run.Joules) / rows.Sum(row => row.Fastest.Joules)),
            MeanDelayUs = Worst(d => d.Mean),
            DelayUs = new Percentiles(Worst(d => d.P50), Worst(d => d.P99), Worst(d => d.P999), Worst(d => d.Max)),
            Lost = rows.Sum(row => row.Run.Lost),
            ExcessLoss = rows.Sum(row => row.ExcessLoss),
            RequestsPerSecond = requests / seconds,
            IdleRequestShare = requests == 0 ? 0 : rows.Sum(row => row.Run.IdleRequests) / (double)requests,
            TransitionsPerSecond = rows.Sum(row => row.Run.Transitions) / seconds,
            CallShare = rows.Sum(row => SimTime.ToSeconds(row.Run.CallTime)) / seconds,
            AsleepShare = rows.Sum(row => SimTime.ToSeconds(row.Run.Asleep)) / seconds,
        };

        double Worst(Func<DelaySummary, double> of) => rows.Max(row => of(row.Run.Delay));
    }

    /// <summary>Whether a run counts in the geometric mean.</summary>
    public static bool Counts(StudyRow row) => row.Valid && row.Oracle.Feasible;
}
