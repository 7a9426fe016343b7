using System.Globalization;
using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>The process behind a lease. Its start time tells it from a later one with the same pid, the boot from one before a restart.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTicks">Field 22 of /proc/pid/stat: clock ticks from boot to its start (man proc_pid_stat).</param>
/// <param name="PidNamespace">Where the pid counts: containers that share a lease folder do not share pids.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id.</param>
/// <param name="Command">Name of the program.</param>
internal sealed record LeaseOwner(int Pid, ulong StartTicks, string PidNamespace, string BootId, string Command)
{
    private const int StateField = 3;
    private const int StartField = 22;

    /// <summary>This process.</summary>
    public static LeaseOwner Current()
    {
        int pid = Environment.ProcessId;
        return new LeaseOwner(pid, ReadStart(pid) ?? 0, CurrentNamespace(), CurrentBoot(), Path.GetFileName(Environment.ProcessPath) ?? "unknown");
    }

    /// <summary>This boot; "" where it cannot be read.</summary>
    public static string CurrentBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>True when the process still runs. A zombie does not; one that cannot be looked at (hidepid) does; null when its pids are not ours.</summary>
    public bool? IsAlive()
    {
        if (BootId != CurrentBoot())
        {
            return false;
        }

        if (PidNamespace != CurrentNamespace())
        {
            return null;
        }

        return ReadStart(Pid) is ulong start ? start == StartTicks : IsHidden(Pid);
    }

    private static string CurrentNamespace()
    {
        try
        {
            return new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // 0 for a process that has ended and is not waited for yet.
    private static ulong? ReadStart(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold anything
            return fields[0] is "Z" or "X" ? 0 : ulong.Parse(fields[StartField - StateField], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static bool IsHidden(int pid) => LibC.kill(pid, 0) == 0 || LibC.errno == LibC.EPERM;
}
