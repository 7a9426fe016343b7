using System.Text.Json.Serialization;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>JSON line of one governor on one workload with one seed.</summary>
internal sealed record SimulateRow
{
    /// <summary>Kind of JSON line.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "row";

    public required string Governor { get; init; }

    public required string Workload { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Loses nothing and delays nothing that the fastest P-state does not: only then its energy counts.</summary>
    public required bool Valid { get; init; }

    /// <summary>Some core keeps the bounds: only then the oracle is a bound.</summary>
    public required bool Feasible { get; init; }

    /// <summary>Stretches of time in which no core keeps the bounds, their share of the time, and the packets too many.</summary>
    public required long InfeasibleStretches { get; init; }

    public required double InfeasibleTimeShare { get; init; }

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

    public required double EnergyJ { get; init; }

    public required double OracleJ { get; init; }

    public required double MaxJ { get; init; }

    public required double EnergyOverOracle { get; init; }

    public required double Watts { get; init; }

    public required double SavedShare { get; init; }

    public required DelayFigures DelayUs { get; init; }

    /// <summary>Packets that waited longer than the bound.</summary>
    public required long OverBound { get; init; }

    public required long Offered { get; init; }

    public required long Forwarded { get; init; }

    public required long Lost { get; init; }

    public required long ExcessLoss { get; init; }

    public required double RequestsPerS { get; init; }

    /// <summary>Requests that changed nothing.</summary>
    public required long IdleRequests { get; init; }

    public required long FailedRequests { get; init; }

    public required double TransitionsPerS { get; init; }

    public required double CallShare { get; init; }

    /// <summary>Share of the time in each P-state, fastest first.</summary>
    public required IReadOnlyList<double> Residency { get; init; }

    /// <summary>The JSON line of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="certificate">Its loss certificate; null where there is none.</param>
    public static SimulateRow Of(StudyRow row, LossCertificate? certificate)
    {
        RunResult run = row.Run;
        double seconds = SimTime.ToSeconds(run.Time);
        return new SimulateRow
        {
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
            EnergyJ = run.Joules,
            OracleJ = row.Oracle.Energy,
            MaxJ = row.Fastest.Joules,
            EnergyOverOracle = row.EnergyRatio,
            Watts = run.Watts,
            SavedShare = 1 - (run.Joules / row.Fastest.Joules),
            DelayUs = new DelayFigures(run.Delay.Mean, run.Delay.P50, run.Delay.P99, run.Delay.P999, run.Delay.Max),
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
            Residency = [.. run.Residency.Select(time => time / (double)run.Time)],
        };
    }
}
