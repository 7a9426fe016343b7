using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.Clock;

namespace PollScale.HostStub.Audit;

/// <summary>How an audit log is kept.</summary>
internal sealed record AuditOptions
{
    /// <summary>Room the log may take.</summary>
    public AuditLimits Limits { get; init; } = AuditLimits.Default;

    /// <summary>Longest wait for the disk at the end; what it has not taken by then is lost and told. The default is 5 s.</summary>
    public TimeSpan LongestEnd { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Decisions that may wait for the log's thread; further ones are dropped and counted. The default is 4096.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Time between looks at the queue. The default is 100 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time in which equal decisions are written once and then counted. The default is 1 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>TSC ticks a second.</summary>
    public double TscHz { get; init; } = TscClock.FrequencyKHz * 1000.0;

    /// <summary>TSC now.</summary>
    public Func<ulong> Tsc { get; init; } = () => TscClock.Now;

    /// <summary>Wall clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told once when writing begins to fail, and once when it works again (<see cref="AuditEvents"/>).</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}
