using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="ThresholdGovernor"/>.</summary>
internal sealed record ThresholdOptions
{
    internal static GovernorSettings<ThresholdOptions> Declared { get; } = new GovernorSettings<ThresholdOptions>
    {
        Together = o =>
            o.LowBacklog < o.HighBacklog ? null : new OptionFault(nameof(LowBacklog), o.LowBacklog, $"below HighBacklog, {o.HighBacklog}"),
    }
        .Time("interval", Us(10), Seconds(1), "time between decisions", o => o.Interval, (o, v) => o with { Interval = v })
        .Whole("high-backlog", 1, 65536, "packets", "backlog above which a step up follows", o => o.HighBacklog, (o, v) => o with { HighBacklog = (int)v })
        .Whole("low-backlog", 0, 65535, "packets", "backlog below which a step down follows", o => o.LowBacklog, (o, v) => o with { LowBacklog = (int)v });

    /// <summary>Time between decisions, 10 us .. 1 s; default 100 us.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Backlog above which a step up follows, 1 .. 65536 packets and above <see cref="LowBacklog"/>; default 64.</summary>
    public int HighBacklog { get; init; } = 64;

    /// <summary>Backlog below which a step down follows, 0 .. 65535 packets; default 16.</summary>
    public int LowBacklog { get; init; } = 16;

    internal void Validate() => Declared.Validate(this);
}
