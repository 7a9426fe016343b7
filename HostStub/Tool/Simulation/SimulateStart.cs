using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Simulation;

/// <summary>What is simulated, and whether loss can be ruled out.</summary>
[LineOf("simulate", LineType.Start)]
internal sealed record SimulateStart() : ReportLine(LineType.Start)
{
    /// <summary>Where the terminal has what can be promised of each governor.</summary>
    public const string PromisesBelow = "what stands below each table";

    /// <summary>Name of the P-states.</summary>
    public required string PStates { get; init; }

    /// <summary>Frequencies in kHz, fastest first: what residencies are of.</summary>
    public required IReadOnlyList<uint> Khz { get; init; }

    /// <summary>Power of each in W.</summary>
    public required IReadOnlyList<double> PStateWatts { get; init; }

    /// <summary>How what packets cost varies; empty for not at all.</summary>
    public required string Costs { get; init; }

    /// <summary>Power of an lcore that sleeps, in W; of several idle states, of the shallowest.</summary>
    public required double IdleWatts { get; init; }

    /// <summary>What an lcore that sleeps comes to, the shallowest first: what idle residencies are of.</summary>
    public required IReadOnlyList<SimulateIdleState> IdleStates { get; init; }

    /// <summary>Packets per second of the fastest P-state.</summary>
    public required double ServiceRate { get; init; }

    /// <summary>The actuator.</summary>
    public required string Actuator { get; init; }

    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Descriptors of the rx ring.</summary>
    public required int Ring { get; init; }

    /// <summary>Delay bound in us.</summary>
    public required double DelayBoundUs { get; init; }

    /// <summary>Why it is what it is, and what half and twice of it would cost; null where it was asked for.</summary>
    public string? DelayChoice { get; init; }

    /// <summary>Length of a run in s, warm-up included.</summary>
    public required double DurationS { get; init; }

    /// <summary>Warm-up in s.</summary>
    public required double WarmupS { get; init; }

    /// <summary>Time between decisions in us.</summary>
    public required double DecisionPeriodUs { get; init; }

    /// <summary>Line rate of the certificate, packets per second.</summary>
    public required double LineRate { get; init; }

    /// <summary>Packets that can pile up over the ring's size; above 1 loss cannot be ruled out. Null when the line is faster than the core.</summary>
    public required double? Lambda { get; init; }

    /// <summary>Whether loss can be ruled out for each governor on each workload.</summary>
    public required bool LossFree { get; init; }

    /// <summary>Whether each governor keeps the delay bound on each workload, by what can be promised.</summary>
    public required bool DelayKept { get; init; }

    /// <summary>The same in words, for a governor that keeps the rule.</summary>
    public required string DelayCertificate { get; init; }

    /// <summary>The certificate of a governor that keeps the rule, in words; and whether it holds for those that are simulated.</summary>
    public required string Certificate { get; init; }
}
