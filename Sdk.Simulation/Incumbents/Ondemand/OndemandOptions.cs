using PollScale.Governors;
using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of an <see cref="OndemandGovernor"/>. The defaults are those of Linux, with its usual sampling period.</summary>
internal sealed record OndemandOptions
{
    internal static GovernorSettings<OndemandOptions> Declared { get; } = new GovernorSettings<OndemandOptions>()
        .Number("up-threshold", Quantity.Percent, 1, 100, null, "load above which the fastest follows", o => o.UpThreshold, (o, v) => o with { UpThreshold = v })
        .Time("sampling-period", Us(20), Seconds(1), "time over which load is taken", o => o.SamplingPeriod, (o, v) => o with { SamplingPeriod = v })
        .Whole("sampling-down-factor", 1, 100, "periods", "periods that the fastest lasts", o => o.SamplingDownFactor, (o, v) => o with { SamplingDownFactor = (int)v });

    /// <summary>Load above which the fastest P-state follows, 1 .. 100 %; default 80.</summary>
    public double UpThreshold { get; init; } = 80;

    /// <summary>Time over which load is taken, 20 us .. 1 s; default 10 ms.</summary>
    public TimeSpan SamplingPeriod { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Sampling periods that the fastest P-state lasts once it is reached, 1 .. 100; default 1.</summary>
    public int SamplingDownFactor { get; init; } = 1;

    internal void Validate() => Declared.Validate(this);
}
