namespace PollScale.Governors;

/// <summary>Settings of an <see cref="OndemandGovernor"/>. The defaults are those of Linux, with its usual sampling period.</summary>
internal sealed record OndemandOptions
{
    /// <summary>Load above which the fastest P-state follows, 1 .. 100 %; default 80.</summary>
    public double UpThreshold { get; init; } = 80;

    /// <summary>Time over which load is taken, 20 us .. 1 s; default 10 ms.</summary>
    public TimeSpan SamplingPeriod { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Sampling periods that the fastest P-state lasts once it is reached, 1 .. 100; default 1.</summary>
    public int SamplingDownFactor { get; init; } = 1;

    internal void Validate()
    {
        const string Type = nameof(OndemandOptions);
        OptionCheck.Require(UpThreshold is >= 1 and <= 100, Type, nameof(UpThreshold), UpThreshold, "1 .. 100 %");
        OptionCheck.Within(SamplingPeriod, TimeSpan.FromMicroseconds(20), TimeSpan.FromSeconds(1), Type, nameof(SamplingPeriod), "20 us .. 1 s");
        OptionCheck.Require(SamplingDownFactor is >= 1 and <= 100, Type, nameof(SamplingDownFactor), SamplingDownFactor, "1 .. 100 periods");
    }
}
