using System.Globalization;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Cli;

/// <summary>Which polling threads run with SCHED_FIFO.</summary>
/// <param name="Guest">The guest's lcore.</param>
/// <param name="Traffic">The traffic generator.</param>
internal readonly record struct RealTimePlan(bool Guest, bool Traffic)
{
    private const string RuntimeFile = "/proc/sys/kernel/sched_rt_runtime_us";
    private static readonly Version s_fairServer = new(6, 12);

    /// <summary>"off", "guest" or "all".</summary>
    public override string ToString() => Traffic ? "all" : Guest ? "guest" : "off";

    /// <summary>Decides for this machine.</summary>
    /// <exception cref="GuestSetupException">It was asked for and is not permitted.</exception>
    public static RealTimePlan Decide(RealTimeChoice choice)
    {
        if (choice == RealTimeChoice.Off)
        {
            return default;
        }

        bool permitted = IsPermitted();
        if (choice == RealTimeChoice.On)
        {
            return permitted ? new RealTimePlan(true, true) : throw new GuestSetupException(
                "SCHED_FIFO is not permitted here. Run as root, grant CAP_SYS_NICE or an rtprio limit, or use --realtime off.");
        }

        return permitted ? Auto(Environment.OSVersion.Version, ThreadPlacement.AllowedCpus().Count, ReadRuntime(RuntimeFile)) : default;
    }

    /// <summary>
    /// What leaves the rest of the machine its time and is not itself stopped for 50 ms of every second. One CPU stays under
    /// the normal scheduler: a kernel thread or lock holder that no CPU serves holds everybody up, the guest too.
    /// </summary>
    /// <param name="kernel">Kernel version; from 6.12 on the fair server gives starved tasks 5 % and takes nothing otherwise.</param>
    /// <param name="cpus">CPUs this process may use.</param>
    /// <param name="rtRuntimeUs">sched_rt_runtime_us; -1 is no throttling, null unknown.</param>
    internal static RealTimePlan Auto(Version kernel, int cpus, int? rtRuntimeUs)
    {
        bool unthrottled = rtRuntimeUs == -1 || kernel >= s_fairServer;
        return new RealTimePlan(unthrottled && cpus > 1, unthrottled && cpus > 2);
    }

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

    private static bool IsPermitted()
    {
        bool permitted = false;
        Thread trial = new(() => permitted = ThreadPlacement.TryRealTime(ThreadPlacement.WatchPriority));
        trial.Start();
        trial.Join();
        return permitted;
    }
}
