using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="PollingDpdkGovernor"/>. The defaults are those of the example profile in its documentation.</summary>
internal sealed record PollingDpdkOptions
{
    internal static GovernorSettings<PollingDpdkOptions> Declared { get; } = new GovernorSettings<PollingDpdkOptions>()
        .Time("window", Us(20), Seconds(1), "time over which busy cycles are taken", o => o.Window, (o, v) => o with { Window = v })
        .Time("sample-period", Us(20), Seconds(1), "time from a look that changed nothing to the next", o => o.SamplePeriod, (o, v) => o with { SamplePeriod = v })
        .Time("cooldown-period", Us(20), Seconds(1), "time from a change to the next look", o => o.CooldownPeriod, (o, v) => o with { CooldownPeriod = v })
        .Whole("target-usage", 1, 100, "%", "share of busy cycles to come to", o => o.TargetUsage, (o, v) => o with { TargetUsage = (int)v })
        .Whole("allowed-usage-difference", 0, 50, "%", "distance from it that changes nothing", o => o.AllowedUsageDifference, (o, v) => o with { AllowedUsageDifference = (int)v })
        .Whole("allowed-frequency-difference", 0, 10_000, "MHz", "change of the target that is not made", o => o.AllowedMHz, (o, v) => o with { AllowedMHz = (int)v })
        .Whole("scale-percentage", 10, 200, "%", "gain", o => o.ScalePercentage, (o, v) => o with { ScalePercentage = (int)v });

    /// <summary>Time over which busy cycles are taken, 20 us .. 1 s; default 10 ms, a constant of the original.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Time from a look that changed nothing to the next, 20 us .. 1 s; default 20 ms.</summary>
    public TimeSpan SamplePeriod { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Time from a change to the next look, 20 us .. 1 s; default 60 ms.</summary>
    public TimeSpan CooldownPeriod { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Share of busy cycles to come to, 1 .. 100 %; default 80.</summary>
    public int TargetUsage { get; init; } = 80;

    /// <summary>Distance from the target usage that changes nothing, 0 .. 50 %; default 5.</summary>
    public int AllowedUsageDifference { get; init; } = 5;

    /// <summary>Change of the target frequency that is not made, 0 .. 10000 MHz; default 10.</summary>
    public int AllowedMHz { get; init; } = 10;

    /// <summary>Gain of the proportional rule, 10 .. 200 %; default 100.</summary>
    public int ScalePercentage { get; init; } = 100;

    internal void Validate() => Declared.Validate(this);
}
