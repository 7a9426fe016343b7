using System.Text.Json.Serialization;
using PollScale.Governors;
using PollScale.HostStub.Report.Kit;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Studies;
using PollScale.Telemetry;

namespace PollScale.HostStub.Simulation;

/// <summary>One governor on one workload with one seed.</summary>
[LineOf("simulate", LineType.Sample)]
internal sealed record SimulateRow() : ReportLine(LineType.Sample)
{
    /// <summary>The run, for tables; <see cref="Of"/> gives it.</summary>
    [JsonIgnore]
    public StudyRow Source { get; init; } = null!;

    /// <summary>Text of the governor.</summary>
    public required string Governor { get; init; }

    /// <summary>Name of the workload.</summary>
    public required string Workload { get; init; }

    /// <summary>Seed of the traffic.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Loses nothing and delays nothing that the fastest P-state does not: only then its energy counts.</summary>
    public required bool Valid { get; init; }

    /// <summary>Some core keeps the bounds: only then the oracle is a bound.</summary>
    public required bool Feasible { get; init; }

    /// <summary>Stretches of time in which no core keeps the bounds.</summary>
    public required long InfeasibleStretches { get; init; }

    /// <summary>Their share of the time.</summary>
    public required double InfeasibleTimeShare { get; init; }

    /// <summary>Packets too many in them.</summary>
    public required double UnservablePackets { get; init; }

    /// <summary>Packets that can pile up over the ring's part that the governor uses; null where no line bounds the rate or the core is slower.</summary>
    public required double? Lambda { get; init; }

    /// <summary>Loss can be ruled out from the slowest P-state.</summary>
    public required bool LossFree { get; init; }

    /// <summary>Why loss is not ruled out although the ring would hold what piles up; null where that is not so.</summary>
    public required string? Withheld { get; init; }

    /// <summary>Slowest P-state from which it can; null for none.</summary>
    public required int? FloorPState { get; init; }

    /// <summary>Smallest ring with which it can, a power of two; null for none.</summary>
    public required int? SmallestRing { get; init; }

    /// <summary>99.9 % of packets wait no longer than the delay bound: promised.</summary>
    public required bool DelayKept { get; init; }

    /// <summary>Slowest P-state from which that can be promised; null for none.</summary>
    public required int? DelayFloorPState { get; init; }

    /// <summary>Shortest delay bound that can be promised from the slowest P-state; null for none.</summary>
    public required double? ShortestBoundUs { get; init; }

    /// <summary>Energy used.</summary>
    public required double EnergyJ { get; init; }

    /// <summary>The least energy with which a core keeps the bounds.</summary>
    public required double OracleJ { get; init; }

    /// <summary>Energy of the fastest P-state kept throughout.</summary>
    public required double MaxJ { get; init; }

    /// <summary>Energy used over the oracle's.</summary>
    public required double EnergyOverOracle { get; init; }

    /// <summary>Energy used over a lower bound of what an oracle takes that may sleep too.</summary>
    public required double EnergyOverSleepingOracle { get; init; }

    /// <summary>The other governor, or max, that took the least energy for the same arrivals of those that are valid and never sleep.</summary>
    public required string Best { get; init; }

    /// <summary>Energy used over its.</summary>
    public required double EnergyOverBest { get; init; }

    /// <summary>Mean power.</summary>
    public required double Watts { get; init; }

    /// <summary>Share of the fastest P-state's energy that was saved.</summary>
    public required double SavedShare { get; init; }

    /// <summary>Mean time packets waited in the rx ring.</summary>
    public required double MeanDelayUs { get; init; }

    /// <summary>Time packets waited in the rx ring.</summary>
    public required Percentiles DelayUs { get; init; }

    /// <summary>Packets that waited longer than the bound.</summary>
    public required long OverBound { get; init; }

    /// <summary>Packets that arrived.</summary>
    public required long Offered { get; init; }

    /// <summary>Packets served.</summary>
    public required long Forwarded { get; init; }

    /// <summary>Packets that the full ring refused.</summary>
    public required long Lost { get; init; }

    /// <summary>Of these, what the fastest P-state does not lose.</summary>
    public required long ExcessLoss { get; init; }

    /// <summary>Frequency calls a second.</summary>
    public required double RequestsPerS { get; init; }

    /// <summary>Requests that changed nothing.</summary>
    public required long IdleRequests { get; init; }

    /// <summary>Requests that the host refused or could not do.</summary>
    public required long FailedRequests { get; init; }

    /// <summary>Changes of the P-state a second.</summary>
    public required double TransitionsPerS { get; init; }

    /// <summary>Share of the time spent in calls.</summary>
    public required double CallShare { get; init; }

    /// <summary>Share of the time asleep.</summary>
    public required double AsleepShare { get; init; }

    /// <summary>Share of the time in each P-state, fastest first.</summary>
    public required IReadOnlyList<double> Residency { get; init; }

    /// <summary>Share of the time in each idle state, shallowest first.</summary>
    public required IReadOnlyList<double> IdleResidency { get; init; }

    /// <summary>The JSON line of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="promises">What was promised; null where nothing can be.</param>
    public static SimulateRow Of(StudyRow row, Promises? promises)
    {
        LossCertificate? certificate = promises?.Loss;
        RunResult run = row.Run;
        double seconds = SimTime.ToSeconds(run.Time);
        return new SimulateRow
        {
            Source = row,
            Governor = row.Governor,
            Workload = row.Workload,
            Seed = row.Seed,
            Valid = row.Valid,
            Feasible = row.Oracle.Feasible,
            InfeasibleStretches = row.Oracle.InfeasibleStretches,
            InfeasibleTimeShare = row.Oracle.InfeasibleTimeShare,
            UnservablePackets = row.Oracle.UnservablePackets,
            Lambda = certificate is { PeakExceedsFastest: false } known ? known.Lambda : null,
            LossFree = certificate is { LossFree: true },
            Withheld = certificate?.Withheld,
            FloorPState = certificate?.FloorPState,
            SmallestRing = certificate?.SmallestRing,
            DelayKept = promises is { Delay.Kept: true },
            DelayFloorPState = promises?.Delay.FloorPState,
            ShortestBoundUs = promises?.Delay.ShortestBound?.TotalMicroseconds,
            EnergyJ = run.Joules,
            OracleJ = row.Oracle.Energy,
            MaxJ = row.Fastest.Joules,
            EnergyOverOracle = row.EnergyRatio,
            EnergyOverSleepingOracle = row.EnergyOverSleeper,
            Best = row.Best.Governor,
            EnergyOverBest = row.OverBest,
            Watts = run.Watts,
            SavedShare = 1 - (run.Joules / row.Fastest.Joules),
            MeanDelayUs = run.Delay.Mean,
            DelayUs = new Percentiles(run.Delay.P50, run.Delay.P99, run.Delay.P999, run.Delay.Max),
            OverBound = run.Delay.OverBound,
            Offered = run.Offered,
            Forwarded = run.Forwarded,
            Lost = run.Lost,
            ExcessLoss = row.ExcessLoss,
            RequestsPerS = run.Requests / seconds,
            IdleRequests = run.IdleRequests,
            FailedRequests = run.FailedRequests,
            TransitionsPerS = run.Transitions / seconds,
            CallShare = run.CallTime / (double)run.Time,
            AsleepShare = run.Asleep / (double)run.Time,
            Residency = [.. run.Residency.Select(time => time / (double)run.Time)],
            IdleResidency = [.. run.IdleResidency.Select(time => time / (double)run.Time)],
        };
    }
}
