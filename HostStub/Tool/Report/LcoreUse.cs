using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>What the guest's polling thread did with its CPU: a vCPU's, or that of a plain process. Of a time, but <see cref="LateUs"/>, which is of all waits so far.</summary>
internal sealed record LcoreUse
{
    /// <summary>CPU time that it used, % of a CPU, as the kernel counts it; null where the kernel does not.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Time in which it could have run and another had the CPU, %, as the kernel counts it.</summary>
    public double? KeptWaitingPercent { get; init; }

    /// <summary>Times a second that it was given a CPU, after it had slept or been preempted, as the kernel counts them.</summary>
    public double? WakeUpsPerS { get; init; }

    /// <summary>Time in which it waited because nothing had come, %, as the guest says; null for what cannot be true.</summary>
    public double? AsleepPercent { get; init; }

    /// <summary>Time of packet work, %, as the guest says; null for what cannot be true.</summary>
    public double? WorkPercent { get; init; }

    /// <summary>How late its waits ended, as the guest measured it.</summary>
    public required Percentiles LateUs { get; init; }
}
