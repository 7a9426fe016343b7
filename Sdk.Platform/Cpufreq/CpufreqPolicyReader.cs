using System.Globalization;

namespace PollScale.Cpufreq;

/// <summary>Reads the attributes of a policy (kernel: admin-guide/pm/cpufreq.rst, "Policy Interface in sysfs").</summary>
internal sealed class CpufreqPolicyReader(ICpufreqFiles files, string root, int number)
{
    private const uint Eternal = uint.MaxValue; // CPUFREQ_ETERNAL
    private readonly string _folder = Path.Combine(root, "cpufreq", string.Create(CultureInfo.InvariantCulture, $"policy{number}"));

    public CpufreqPolicy Read()
    {
        string driver = Required("scaling_driver");
        return new CpufreqPolicy
        {
            Number = number,
            Folder = _folder,
            OnlineCpus = Cpus("affected_cpus"),
            RelatedCpus = Cpus("related_cpus"),
            DriverName = driver,
            Driver = CpufreqDrivers.Identify(driver, files.ReadText(Path.Combine(root, "amd_pstate", "status"))),
            Governors = Words(Text("scaling_available_governors") ?? ""),
            Governor = Required("scaling_governor"),
            HardwareMinKHz = KHz("cpuinfo_min_freq"),
            HardwareMaxKHz = KHz("cpuinfo_max_freq"),
            MinKHz = KHz("scaling_min_freq"),
            MaxKHz = KHz("scaling_max_freq"),
            BaseKHz = Number(Text("base_frequency")),
            TableKHz = Table("scaling_available_frequencies"),
            BoostKHz = BoostEnabled() ? Table("scaling_boost_frequencies") : [],
            TransitionLatencyNs = Number(Text("cpuinfo_transition_latency")) is uint ns and not 0 and not Eternal ? ns : null,
        };
    }

    /// <summary>CPUs of a policy, without reading the rest.</summary>
    public IReadOnlyList<int> Cpus(string name) =>
        [.. Words(Text(name) ?? "").Select(word => (int)(Number(word) ?? throw Malformed(name, word)))];

    // A policy's own switch, which newer kernels have, stands before the system's.
    private bool BoostEnabled() => (Text("boost") ?? files.ReadText(Path.Combine(root, "cpufreq", "boost"))) == "1";

    private IReadOnlyList<uint> Table(string name) => [.. Words(Text(name) ?? "").Select(word => Number(word) ?? throw Malformed(name, word))];

    private uint KHz(string name)
    {
        string text = Required(name);
        return Number(text) is uint kHz and not 0 ? kHz : throw Malformed(name, text);
    }

    private string? Text(string name) => files.ReadText(Path.Combine(_folder, name));

    private string Required(string name) => Text(name) is string text and not "" ? text : throw new CpufreqException(
        CpufreqProblem.NoPolicy, $"{Path.Combine(_folder, name)} cannot be read or is empty: the CPU is offline, or its scaling driver is being changed. Bring the CPU online.");

    private CpufreqException Malformed(string name, string text) => new(
        CpufreqProblem.Failed, $"{Path.Combine(_folder, name)} shows '{(text.Length <= 40 ? text : text[..40])}', which is no valid number there.");

    private static uint? Number(string? text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static string[] Words(string text) => text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
