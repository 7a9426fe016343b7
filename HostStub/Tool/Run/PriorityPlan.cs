using System.Globalization;
using System.IO.Compression;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Run;

/// <summary>How the polling threads compete for their CPUs.</summary>
/// <param name="Guest">The guest's lcore.</param>
/// <param name="Traffic">The traffic generator.</param>
internal readonly record struct PriorityPlan(SchedulingClass Guest, SchedulingClass Traffic)
{
    private const string RuntimeFile = "/proc/sys/kernel/sched_rt_runtime_us";
    private const string GroupOption = "CONFIG_RT_GROUP_SCHED=y";
    private static readonly Version s_fairServer = new(6, 12);

    /// <summary>The guest's class, as shown.</summary>
    public override string ToString() => Guest.ToString().ToLowerInvariant();

    /// <summary>Decides for this machine.</summary>
    /// <exception cref="GuestSetupException">What was asked for is not permitted.</exception>
    public static PriorityPlan Decide(PriorityChoice choice)
    {
        if (choice == PriorityChoice.Auto)
        {
            bool realTime = ThreadPlacement.IsPermitted(SchedulingClass.RealTime)
                && !IsThrottled(Environment.OSVersion.Version, ReadRuntime(RuntimeFile), HasGroupScheduling());
            return Auto(realTime, ThreadPlacement.IsPermitted(SchedulingClass.Nice), ThreadPlacement.AllowedCpus().Count);
        }

        SchedulingClass scheduling = Enum.Parse<SchedulingClass>(choice.ToString());
        return ThreadPlacement.IsPermitted(scheduling) ? new PriorityPlan(scheduling, scheduling) : throw new GuestSetupException(
            $"--priority {choice.ToString().ToLowerInvariant()} is not permitted here. Run as root, grant CAP_SYS_NICE or the limit (ulimit -e, -r), or use --priority auto.");
    }

    /// <summary>
    /// The best that leaves the rest of the machine its time. One CPU stays under the normal scheduler: a kernel thread or lock holder
    /// that no CPU serves holds everybody up, the guest too. With two CPUs the traffic shares one with the runtime's compiler and
    /// collector, and is their equal: starved, they would hold locks that the lcore's exits wait for.
    /// </summary>
    /// <param name="realTime">SCHED_FIFO is permitted and not throttled.</param>
    /// <param name="nice">nice -20 is permitted.</param>
    /// <param name="cpus">CPUs this process may use.</param>
    internal static PriorityPlan Auto(bool realTime, bool nice, int cpus)
    {
        SchedulingClass fair = nice && cpus > 1 ? SchedulingClass.Nice : SchedulingClass.Normal;
        return new PriorityPlan(
            realTime && cpus > 1 ? SchedulingClass.RealTime : fair,
            cpus <= 2 ? SchedulingClass.Normal : realTime ? SchedulingClass.RealTime : fair);
    }

    /// <summary>Whether the kernel stops a polling SCHED_FIFO thread for 50 ms of every second.</summary>
    /// <param name="kernel">Kernel version; from 6.12 on the fair server takes only what starved tasks use, unless real-time tasks are scheduled in groups.</param>
    /// <param name="rtRuntimeUs">sched_rt_runtime_us; -1 is no throttling, null unknown.</param>
    /// <param name="groups">The kernel has CONFIG_RT_GROUP_SCHED, whose throttle 6.12 kept; null unknown.</param>
    internal static bool IsThrottled(Version kernel, int? rtRuntimeUs, bool? groups) =>
        rtRuntimeUs != -1 && (kernel < s_fairServer || groups != false);

    private static int? ReadRuntime(string path)
    {
        try
        {
            return int.Parse(File.ReadAllText(path), NumberStyles.Integer | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static bool? HasGroupScheduling()
    {
        try
        {
            using Stream file = File.Exists("/proc/config.gz")
                ? new GZipStream(File.OpenRead("/proc/config.gz"), CompressionMode.Decompress)
                : File.OpenRead($"/boot/config-{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");
            using StreamReader reader = new(file);
            return reader.ReadToEnd().Split('\n').Contains(GroupOption);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }
}
