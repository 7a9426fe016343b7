namespace PollScale.Governors;

/// <summary>Settings of a <see cref="ThresholdGovernor"/>.</summary>
internal sealed record ThresholdOptions
{
    /// <summary>Time between decisions, 10 us .. 1 s; default 100 us.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Backlog above which a step up follows, 1 .. 65536 packets and above <see cref="LowBacklog"/>; default 64.</summary>
    public int HighBacklog { get; init; } = 64;

    /// <summary>Backlog below which a step down follows, 0 .. 65535 packets; default 16.</summary>
    public int LowBacklog { get; init; } = 16;

    internal void Validate()
    {
        const string Type = nameof(ThresholdOptions);
        OptionCheck.Within(Interval, TimeSpan.FromMicroseconds(10), TimeSpan.FromSeconds(1), Type, nameof(Interval), "10 us .. 1 s");
        OptionCheck.Require(HighBacklog is >= 1 and <= 65536, Type, nameof(HighBacklog), HighBacklog, "1 .. 65536 packets");
        OptionCheck.Require(LowBacklog is >= 0 and <= 65535, Type, nameof(LowBacklog), LowBacklog, "0 .. 65535 packets");
        OptionCheck.Require(LowBacklog < HighBacklog, Type, nameof(LowBacklog), LowBacklog, $"below HighBacklog, {HighBacklog}");
    }
}
