namespace PollScale.Governors;

/// <summary>Settings of a <see cref="SchedutilGovernor"/>. The defaults are those of Linux.</summary>
internal sealed record SchedutilOptions
{
    /// <summary>Frequency over what the utilization needs, 1 .. 4; default 1.25, so that load tips over at 80 %.</summary>
    public double Headroom { get; init; } = 1.25;

    /// <summary>Half-life of the utilization, 100 us .. 1 s; default 32 ms.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromMilliseconds(32);

    /// <summary>Shortest time between changes, 0 .. 1 s; null takes 1.5 times the transition latency that the host states, or 1 ms where it states none.</summary>
    public TimeSpan? RateLimit { get; init; }

    internal void Validate()
    {
        const string Type = nameof(SchedutilOptions);
        OptionCheck.Require(Headroom is >= 1 and <= 4, Type, nameof(Headroom), Headroom, "1 .. 4");
        OptionCheck.Within(HalfLife, TimeSpan.FromMicroseconds(100), TimeSpan.FromSeconds(1), Type, nameof(HalfLife), "100 us .. 1 s");
        OptionCheck.Within(RateLimit ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1), Type, nameof(RateLimit), "0 .. 1 s, or null");
    }
}
