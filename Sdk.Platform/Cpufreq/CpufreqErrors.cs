using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>The texts for errors that several places meet.</summary>
internal static class CpufreqErrors
{
    public static CpufreqException CannotOpen(string path, int error) => error switch
    {
        LibC.EACCES or LibC.EPERM => new CpufreqException(
            CpufreqProblem.NoPermission,
            $"{path} may not be written by this user ({LibC.strerror(error)}). Run as root, or give a group the files by a systemd-tmpfiles or udev rule (docs/operating.md, 'Real frequency')."),
        LibC.EROFS => new CpufreqException(
            CpufreqProblem.ReadOnly,
            $"{path} is on a read-only mount, as /sys is in a container. Mount the host's folder writable (docker run -v /sys/devices/system/cpu:/sys/devices/system/cpu, a hostPath volume in a pod), "
            + "under another path if need be, and name that as the cpufreq root."),
        LibC.ENOENT => new CpufreqException(CpufreqProblem.NoPolicy, $"{path} does not exist: the CPU went offline, or the driver offers no such control."),
        _ => new CpufreqException(CpufreqProblem.Failed, $"{path} cannot be opened: {LibC.strerror(error)}."),
    };

    /// <summary>What a failed write or read means.</summary>
    public static CpufreqOutcome Outcome(int error) => error switch
    {
        0 => CpufreqOutcome.Applied,
        LibC.EINVAL => CpufreqOutcome.Refused,
        LibC.EAGAIN or LibC.EBUSY => CpufreqOutcome.Busy,
        LibC.EACCES or LibC.EPERM or LibC.EROFS => CpufreqOutcome.NoPermission,
        LibC.ENODEV or LibC.ENOENT => CpufreqOutcome.Gone,
        _ => CpufreqOutcome.Failed,
    };
}
