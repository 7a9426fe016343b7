using PollScale.Cpufreq;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>Outcomes in words.</summary>
internal static class CpufreqText
{
    /// <summary>What follows "3 changes:"; null for what needs no words.</summary>
    public static string? Finding(CpufreqOutcome outcome) => outcome switch
    {
        CpufreqOutcome.Adjusted => "came out at another frequency than asked: the kernel rounded it, or bounds, firmware or heat limit it.",
        CpufreqOutcome.LostControl => "not made, for another program had changed the governor or the bounds. Stop what sets them (tuned, power-profiles-daemon, thermald, cpupower).",
        CpufreqOutcome.Refused => "refused by the kernel as invalid (EINVAL).",
        CpufreqOutcome.Busy => "the kernel was busy with the policy (EBUSY).",
        CpufreqOutcome.NoPermission => "not permitted any more: the files' owner or mode changed.",
        CpufreqOutcome.Gone => "the CPU offline or its driver gone.",
        CpufreqOutcome.Failed => "failed in the driver (EIO).",
        _ => null,
    };
}
