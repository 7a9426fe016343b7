using System.Globalization;
using PollScale.Native;

namespace PollScale.HostStub.Placement;

/// <summary>QEMU's vCPU threads, found by the name "CPU n/KVM" that it gives them with -name debug-threads=on, as libvirt starts it.</summary>
/// <param name="procfs">Where procfs is mounted.</param>
internal sealed class VcpuThreads(string procfs = "/proc")
{
    private const string AllowedKey = "Cpus_allowed_list:";

    /// <summary>Whether the thread of a vCPU may run on one pCPU and no other. False also when the process or the thread is not there.</summary>
    /// <param name="process">Process id, or the path of a file that begins with it.</param>
    /// <param name="vcpu">Number of the vCPU.</param>
    /// <param name="pCpu">Number of the pCPU.</param>
    public bool IsPinned(string process, int vcpu, int pCpu)
    {
        try
        {
            return ReadPid(process) is int pid && FindThread(pid, $"CPU {vcpu}/KVM") is string task
                && Allowed(task) is [int only] && only == pCpu;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it ended meanwhile, or may not be looked at: nothing is known of its pinning
        }
    }

    private static int? ReadPid(string process)
    {
        string text = process;
        if (process.StartsWith('/'))
        {
            using StreamReader file = new(process);
            char[] head = new char[32];
            text = new string(head, 0, file.ReadBlock(head)).Split('\n')[0].Trim();
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0 ? pid : null;
    }

    // Two threads of one name would leave open which of them is meant.
    private string? FindThread(int pid, string name)
    {
        string[] found = [.. Directory.EnumerateDirectories($"{procfs}/{pid}/task").Where(task => Name(task) == name).Take(2)];
        return found is [string only] ? only : null;
    }

    private static string? Name(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IReadOnlyList<int> Allowed(string task)
    {
        string? line = File.ReadLines($"{task}/status").FirstOrDefault(line => line.StartsWith(AllowedKey, StringComparison.Ordinal));
        return line is not null && CpuList.TryParse(line[AllowedKey.Length..].Trim(), cpu_set_t.CPU_SETSIZE - 1, out IReadOnlyList<int> cpus) ? cpus : [];
    }
}
