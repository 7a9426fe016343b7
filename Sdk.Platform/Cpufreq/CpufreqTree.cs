using System.Globalization;

namespace PollScale.Cpufreq;

/// <summary>The cpufreq part of sysfs, or a copy of it elsewhere.</summary>
internal sealed class CpufreqTree
{
    /// <summary>Where Linux shows it.</summary>
    public const string DefaultRoot = "/sys/devices/system/cpu";

    private const string Prefix = "policy";

    /// <summary>Looks at a tree; reads nothing yet.</summary>
    /// <param name="root">Folder that holds "cpufreq", such as a container's mount of the host's /sys/devices/system/cpu.</param>
    public CpufreqTree(string root = DefaultRoot)
        : this(root, new SysfsFiles())
    {
    }

    internal CpufreqTree(string root, ICpufreqFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = root;
        Files = files;
    }

    /// <summary>Folder that holds "cpufreq".</summary>
    public string Root { get; }

    /// <summary>intel_pstate/status: "active", "passive" or "off"; null where there is none.</summary>
    public string? IntelPstateStatus => Files.ReadText(Path.Combine(Root, "intel_pstate", "status"));

    /// <summary>amd_pstate/status: "active", "passive", "guided" or "disable"; null where there is none.</summary>
    public string? AmdPstateStatus => Files.ReadText(Path.Combine(Root, "amd_pstate", "status"));

    internal ICpufreqFiles Files { get; }

    /// <summary>
    /// Numbers of the policies, rising. Only folders named "policy" and a number count: "cpufreq" also holds tunables of governors, such as "schedutil".
    /// </summary>
    public IReadOnlyList<int> PolicyNumbers() =>
        [.. Files.Folders(Path.Combine(Root, "cpufreq")).Select(PolicyNumber).Where(number => number >= 0).Order()];

    /// <summary>Reads a policy.</summary>
    /// <exception cref="CpufreqException">An attribute is missing or makes no sense.</exception>
    public CpufreqPolicy Read(int number) => new CpufreqPolicyReader(Files, Root, number).Read();

    /// <summary>The policy that an online CPU belongs to.</summary>
    /// <exception cref="CpufreqException">There is none; the message says why.</exception>
    public int PolicyOf(int cpu)
    {
        IReadOnlyList<int> numbers = PolicyNumbers();
        if (numbers.Count == 0)
        {
            throw new CpufreqException(
                CpufreqProblem.NoCpufreq,
                $"{Path.Combine(Root, "cpufreq")} holds no policy: this kernel scales no frequency. Inside a VM that is usual: only the host can. On bare metal load a driver "
                + $"(modprobe acpi-cpufreq), enable P-states in the firmware{Disabled()}, or name the right folder if the host's /sys is mounted elsewhere.");
        }

        List<int> seen = [];
        foreach (int number in numbers)
        {
            IReadOnlyList<int> cpus = new CpufreqPolicyReader(Files, Root, number).Cpus("affected_cpus");
            if (cpus.Contains(cpu))
            {
                return number;
            }

            seen.AddRange(cpus);
        }

        throw new CpufreqException(CpufreqProblem.NoPolicy, $"No cpufreq policy drives CPU {cpu}: they drive {string.Join(", ", seen.Order())}. Bring CPU {cpu} online, or choose one of those.");
    }

    /// <summary>Folder of a policy.</summary>
    internal string FolderOf(int policy) => Path.Combine(Root, "cpufreq", string.Create(CultureInfo.InvariantCulture, $"{Prefix}{policy}"));

    private string Disabled() =>
        IntelPstateStatus == "off" ? ", turn intel_pstate on (echo passive > intel_pstate/status)"
        : AmdPstateStatus is "disable" or "off" ? ", turn amd_pstate on (echo passive > amd_pstate/status)" : "";

    private static int PolicyNumber(string folder) =>
        folder.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(folder.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
}
