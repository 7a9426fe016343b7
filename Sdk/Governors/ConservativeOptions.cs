namespace PollScale.Governors;

/// <summary>Settings of a <see cref="ConservativeGovernor"/>. The defaults are those of Linux, with its usual sampling period.</summary>
internal sealed record ConservativeOptions
{
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

    internal void Validate()
    {
        const string Type = nameof(ConservativeOptions);
        OptionCheck.Require(UpThreshold is >= 1 and <= 100, Type, nameof(UpThreshold), UpThreshold, "1 .. 100 %");
        OptionCheck.Require(DownThreshold is >= 0 and <= 99, Type, nameof(DownThreshold), DownThreshold, "0 .. 99 %");
        OptionCheck.Require(DownThreshold < UpThreshold, Type, nameof(DownThreshold), DownThreshold, $"below UpThreshold, {UpThreshold}");
        OptionCheck.Require(FrequencyStep is >= 1 and <= 100, Type, nameof(FrequencyStep), FrequencyStep, "1 .. 100 %");
        OptionCheck.Within(SamplingPeriod, TimeSpan.FromMicroseconds(20), TimeSpan.FromSeconds(1), Type, nameof(SamplingPeriod), "20 us .. 1 s");
        OptionCheck.Require(SamplingDownFactor is >= 1 and <= 10, Type, nameof(SamplingDownFactor), SamplingDownFactor, "1 .. 10 periods");
    }
}
