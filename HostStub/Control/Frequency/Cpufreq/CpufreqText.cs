using PollScale.Cpufreq;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>Outcomes in words.</summary>
internal static class CpufreqText
{
    /// <summary>Why changes fail, and what was found; null for no more.</summary>
    public static string Failing(CpufreqOutcome outcome, string? detail) => detail is null ? Finding(outcome) ?? "" : $"{Finding(outcome)} {detail}";

    /// <summary>What follows "3 changes:"; null for what needs no words.</summary>
    public static string? Finding(CpufreqOutcome outcome) => outcome switch
    {
        CpufreqOutcome.Adjusted => "came out at another frequency than asked: the kernel rounded it, or bounds, firmware or heat limit it.",
        CpufreqOutcome.LostControl => "not made, for another program had changed the governor or the bounds. Stop what sets them (tuned, power-profiles-daemon, thermald, cpupower).",
        CpufreqOutcome.Refused => "refused by the kernel as invalid (EINVAL). Look at the policy's bounds and at dmesg.",
        CpufreqOutcome.Busy => "the kernel was busy with the policy (EBUSY), as it is while its CPU is offline.",
        CpufreqOutcome.NoPermission => "not permitted any more: the files' owner or mode changed. Give them back (docs/operating.md, 'Permission').",
        CpufreqOutcome.Gone => "the CPU offline or its driver gone. Bring it online, or load the driver.",
        CpufreqOutcome.Failed => "failed in the driver (EIO). Look at dmesg.",
        _ => null,
    };
}
