using PollScale.Governors;
using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="ConservativeGovernor"/>. The defaults are those of Linux, with its usual sampling period.</summary>
internal sealed record ConservativeOptions
{
    internal static GovernorSettings<ConservativeOptions> Declared { get; } = new GovernorSettings<ConservativeOptions>
    {
        Together = o =>
            o.DownThreshold < o.UpThreshold ? null : new OptionFault(nameof(DownThreshold), o.DownThreshold, $"below UpThreshold, {o.UpThreshold}"),
    }
        .Number("up-threshold", Quantity.Percent, 1, 100, null, "load above which the frequency rises", o => o.UpThreshold, (o, v) => o with { UpThreshold = v })
        .Number("down-threshold", Quantity.Percent, 0, 99, null, "load below which it falls", o => o.DownThreshold, (o, v) => o with { DownThreshold = v })
        .Number("freq-step", Quantity.Percent, 1, 100, null, "step, of the highest frequency", o => o.FrequencyStep, (o, v) => o with { FrequencyStep = v })
        .Time("sampling-period", Us(20), Seconds(1), "time over which load is taken", o => o.SamplingPeriod, (o, v) => o with { SamplingPeriod = v })
        .Whole("sampling-down-factor", 1, 10, "periods", "periods before a step down", o => o.SamplingDownFactor, (o, v) => o with { SamplingDownFactor = (int)v });

    /// <summary>Load above which the frequency rises, 1 .. 100 % and above <see cref="DownThreshold"/>; default 80.</summary>
    public double UpThreshold { get; init; } = 80;

    /// <summary>Load below which the frequency falls, 0 .. 99 %; default 20.</summary>
    public double DownThreshold { get; init; } = 20;

    /// <summary>Step, in percent of the highest frequency, 1 .. 100 %; default 5.</summary>
    public double FrequencyStep { get; init; } = 5;

    /// <summary>Time over which load is taken, 20 us .. 1 s; default 10 ms.</summary>
    public TimeSpan SamplingPeriod { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Sampling periods without a step up before a step down is considered, 1 .. 10; default 1.</summary>
    public int SamplingDownFactor { get; init; } = 1;

    internal void Validate() => Declared.Validate(this);
}
