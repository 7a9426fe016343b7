using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Placement;

/// <summary>QEMU's vCPU threads, found by the name "CPU n/KVM" that it gives them with -name debug-threads=on, as libvirt starts it.</summary>
/// <param name="procfs">Where procfs is mounted.</param>
internal sealed class VcpuThreads(string procfs = "/proc")
{
    private const string AllowedKey = "Cpus_allowed_list:";
    private const int MostThreads = 4096; // QEMU has a few for each vCPU and disk
    private const int LongestFile = 4096; // comm has 16 bytes, status some 1500

    /// <summary>Whether the thread of a vCPU may run on one pCPU and no other. False also when the process or the thread is not there.</summary>
    /// <param name="process">Process id, or the path of a file that begins with it.</param>
    /// <param name="vcpu">Number of the vCPU.</param>
    /// <param name="pCpu">Number of the pCPU.</param>
    public bool IsPinned(string process, int vcpu, int pCpu) => WhyNotPinned(process, vcpu, pCpu) is null;

    /// <summary>Why <see cref="IsPinned"/> is false, with what to do; null where it is true. Never waits for a file's other end.</summary>
    public string? WhyNotPinned(string process, int vcpu, int pCpu)
    {
        try
        {
            int pid = FindProcess(process);
            string name = $"CPU {vcpu}/KVM", task = FindThread(pid, name);
            IReadOnlyList<int> allowed = Allowed(task);
            return allowed is [int only] && only == pCpu ? null
                : $"thread {name} of process {pid} may run on CPUs {string.Join(",", allowed)}, not just on pCPU {pCpu}: pin it there (virsh vcpupin, taskset)";
        }
        catch (PlacementException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message; // it ended meanwhile, or may not be looked at: nothing is known of its pinning
        }
    }

    /// <summary>The thread of a vCPU.</summary>
    /// <param name="process">The VM's process.</param>
    /// <param name="vcpu">Number of the vCPU.</param>
    /// <param name="problem">Why it cannot be told, with what to do.</param>
    /// <returns>Its id; null where it is not there.</returns>
    public int? Find(int process, int vcpu, out string problem)
    {
        try
        {
            problem = "";
            return Pid(Path.GetFileName(FindThread(process, $"CPU {vcpu}/KVM")));
        }
        catch (Exception e) when (e is PlacementException or IOException or UnauthorizedAccessException)
        {
            problem = $"{e.Message.TrimEnd('.')}.";
            return null;
        }
    }

    /// <summary>When a thread began, in clock ticks since the boot: field 22 of its stat file.</summary>
    /// <param name="process">Its process.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="problem">Why it cannot be told.</param>
    public ulong? Began(int process, int thread, out string problem)
    {
        const int NameEnds = 2, Field = 22; // a name may have blanks and parentheses of its own: what counts begins behind the last
        try
        {
            string text = Read(string.Create(CultureInfo.InvariantCulture, $"{procfs}/{process}/task/{thread}/stat"));
            string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            problem = $"thread {thread} of process {process} has ended.";
            return fields.Length > Field - NameEnds - 1 && ulong.TryParse(fields[Field - NameEnds - 1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks) ? ticks : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{e.Message.TrimEnd('.')}.";
            return null;
        }
    }

    /// <summary>The process that a policy names.</summary>
    /// <param name="process">Process id, or the path of a file that begins with it.</param>
    /// <param name="problem">Why it cannot be told, with what to do.</param>
    /// <returns>Its id; null where it cannot be told.</returns>
    public int? ProcessOf(string process, out string problem)
    {
        try
        {
            problem = "";
            return FindProcess(process);
        }
        catch (Exception e) when (e is PlacementException or IOException or UnauthorizedAccessException)
        {
            problem = $"{e.Message.TrimEnd('.')}.";
            return null;
        }
    }

    /// <summary>Why a process is not the one that a policy names, with what to do; null where it is. Never waits for a file's other end.</summary>
    /// <param name="process">Process id, or the path of a file that begins with it.</param>
    /// <param name="pid">The process.</param>
    public string? WhyAnother(string process, int pid)
    {
        try
        {
            int named = FindProcess(process);
            return named == pid ? null : $"process {pid} wants to connect, but the policy's process: {process} is {named}: refused.";
        }
        catch (Exception e) when (e is PlacementException or IOException or UnauthorizedAccessException)
        {
            return $"process {pid} wants to connect, and whether it is the policy's process: {process} cannot be told: {e.Message.TrimEnd('.')}: refused.";
        }
    }

    private int FindProcess(string process)
    {
        if (!process.StartsWith('/'))
        {
            return Pid(process) ?? throw new PlacementException($"{process} is no process id");
        }

        using SafeFileHandle file = SafeFile.OpenRead(process);
        Span<byte> head = stackalloc byte[32];
        string text = Encoding.ASCII.GetString(head[..RandomAccess.Read(file, head, 0)]).Split('\n')[0].Trim();
        int pid = Pid(text) ?? throw new PlacementException($"{process} does not begin with a process id");
        if (FileFacts.TryRead((int)file.DangerousGetHandle(), out FileFacts facts))
        {
            CheckOwner(process, facts, pid);
        }

        return pid;
    }

    // Whoever may write the file could name another guest's process, whose thread is pinned as it should be.
    private void CheckOwner(string path, FileFacts file, int pid)
    {
        const int GroupWrite = 0x10;
        bool byGroup = (file.Mode & GroupWrite) != 0 && file.Gid != 0;
        if (file.IsWritableByAll)
        {
            throw new PlacementException($"{path} may be written by every user, so it says nothing about the guest: chmod o-w {path}");
        }

        if ((file.IsOurs && !byGroup) || !FilePermission.TryReadOwner($"{procfs}/{pid}", out _, out uint uid, out uint gid))
        {
            return; // a process that is not there is told by its thread's absence
        }

        if (uid != file.Uid && !(byGroup && gid == file.Gid))
        {
            throw new PlacementException($"{path} belongs to user {file.Uid} and names process {pid} of user {uid}: a file that its own user wrote may name that user's processes only");
        }
    }

    private static int? Pid(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0 ? pid : null;

    // Two threads of one name would leave open which of them is meant.
    private string FindThread(int pid, string name)
    {
        string[] tasks = [.. Directory.EnumerateDirectories($"{procfs}/{pid}/task").Take(MostThreads + 1)];
        if (tasks.Length > MostThreads)
        {
            throw new PlacementException($"process {pid} has more than {MostThreads} threads, too many to look through every second");
        }

        string[] found = [.. tasks.Where(task => Name(task) == name).Take(2)];
        return found is [string only] ? only : throw new PlacementException(found.Length == 0
            ? $"process {pid} has no thread {name}: start QEMU with -name debug-threads=on, and see that the vCPU exists"
            : $"process {pid} has several threads {name}");
    }

    private static string? Name(string task)
    {
        try
        {
            return Read($"{task}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IReadOnlyList<int> Allowed(string task)
    {
        string? line = Read($"{task}/status").Split('\n').FirstOrDefault(line => line.StartsWith(AllowedKey, StringComparison.Ordinal));
        return line is not null && CpuList.TryParse(line[AllowedKey.Length..].Trim(), cpu_set_t.CPU_SETSIZE - 1, out IReadOnlyList<int> cpus) ? cpus : [];
    }

    private static string Read(string path) => Encoding.UTF8.GetString(SafeFile.Read(path, LongestFile));
}
