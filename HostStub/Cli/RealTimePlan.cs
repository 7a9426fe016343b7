using System.Globalization;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Cli;

/// <summary>Decides on SCHED_FIFO for the polling threads.</summary>
internal static class RealTimePlan
{
    private const string RuntimeFile = "/proc/sys/kernel/sched_rt_runtime_us";
    private static readonly Version s_fairServer = new(6, 12);

    /// <summary>Decides for this machine.</summary>
    /// <exception cref="GuestSetupException">It was asked for and is not permitted.</exception>
    public static bool Decide(RealTimeChoice choice)
    {
        if (choice == RealTimeChoice.Off)
        {
            return false;
        }

        bool permitted = IsPermitted();
        if (choice == RealTimeChoice.On)
        {
            return permitted ? true : throw new GuestSetupException(
                "SCHED_FIFO is not permitted here. Run as root, grant CAP_SYS_NICE or an rtprio limit, or use --realtime off.");
        }

        return permitted && IsHarmless(Environment.OSVersion.Version, ThreadPlacement.AllowedCpus().Count, ReadRuntime(RuntimeFile));
    }

    /// <summary>
    /// Whether threads that poll under SCHED_FIFO leave the rest of the machine, Ctrl-C included, its time, and are not
    /// themselves stopped for 50 ms of every second.
    /// </summary>
    /// <param name="kernel">Kernel version; from 6.12 on the fair server gives starved tasks 5 % and takes nothing otherwise.</param>
    /// <param name="cpus">CPUs this process may use, two of which will poll.</param>
    /// <param name="rtRuntimeUs">sched_rt_runtime_us; -1 is no throttling, null unknown.</param>
    internal static bool IsHarmless(Version kernel, int cpus, int? rtRuntimeUs) =>
        rtRuntimeUs == -1 ? cpus > 2 : kernel >= s_fairServer;

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
