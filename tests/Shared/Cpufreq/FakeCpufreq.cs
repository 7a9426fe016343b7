using System.Globalization;
using PollScale.Cpufreq;
using PollScale.Native;

namespace PollScale.Tests.Shared.Cpufreq;

/// <summary>
/// A cpufreq tree that reacts to writes as the kernel does: governors, bounds, rounding to the table (CPUFREQ_RELATION_L), energy
/// preferences that performance refuses.
/// </summary>
internal sealed class FakeCpufreq : ICpufreqFiles
{
    public const string Root = "/fake/cpu";
    private readonly Dictionary<string, string> _values;
    private readonly Dictionary<string, string> _preferences = [];
    private readonly Dictionary<string, int> _generations = [];

    public FakeCpufreq(CpufreqFixture fixture)
    {
        _values = fixture.Values.ToDictionary(pair => Path.Combine(Root, pair.Key), pair => pair.Value);
        foreach (string path in _values.Keys.Where(path => path.EndsWith("/scaling_max_freq", StringComparison.Ordinal)))
        {
            Requests[path] = KHz(path);
            Requests[path.Replace("max", "min", StringComparison.Ordinal)] = KHz(path.Replace("max", "min", StringComparison.Ordinal));
        }
    }

    public FakeCpufreq(string fixture) : this(CpufreqFixture.Load(fixture))
    {
    }

    /// <summary>Kernels from 5.3 take a minimum above the maximum and clamp it; earlier ones refuse it.</summary>
    public bool ClampsCrossing { get; init; }

    /// <summary>Governors whose module loads when the name is written.</summary>
    public List<string> LoadableGovernors { get; } = ["userspace"];

    /// <summary>A limit by heat or firmware, kHz.</summary>
    public uint Cap { get; set; } = uint.MaxValue;

    /// <summary>Gives an error number for a write to a file name, 0 for none.</summary>
    public Func<string, int> WriteError { get; set; } = _ => 0;

    /// <summary>Gives an error number for opening for writing.</summary>
    public int OpenError { get; set; }

    /// <summary>Gives an error number for a read of a file name through an open file.</summary>
    public Func<string, int> ReadError { get; set; } = _ => 0;

    /// <summary>Pid of another process that marked the policies; 0 for none.</summary>
    public int Holder { get; set; }

    /// <summary>Files that were used by a thread which held a spin lock: it must not wait for a kernel. Such a use throws, which backends may take for a failure of theirs.</summary>
    public List<string> UsedWithinGates { get; } = [];

    /// <summary>Every write: file name, value, error.</summary>
    public List<(string File, string Value, int Error)> Writes { get; } = [];

    /// <summary>What bounds were asked for, by path; the files show what came of it.</summary>
    public Dictionary<string, uint> Requests { get; } = [];

    /// <summary>Value of a file below the root.</summary>
    public string this[string path]
    {
        get => _values[Path.Combine(Root, path)];
        set => _values[Path.Combine(Root, path)] = value;
    }

    public IReadOnlyDictionary<string, string> Snapshot() => new Dictionary<string, string>(_values.Where(pair => !pair.Key.EndsWith("cur_freq", StringComparison.Ordinal)));

    public IReadOnlyList<string> Folders(string folder) => Outside(folder) is null ? [] :
        [.. _values.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Select(path => path[(folder.Length + 1)..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct()];

    public string? ReadText(string path) => _values.GetValueOrDefault(Outside(path));

    public ICpufreqFile? Open(string path, bool writable, out int error)
    {
        error = !_values.ContainsKey(Outside(path)) ? LibC.ENOENT : writable ? OpenError : 0;
        return error == 0 ? new FakeFile(this, path, Generation(path)) : null;
    }

    /// <summary>Takes a policy away, as when its CPU is removed or the driver's mode is switched: what is open is dead for ever.</summary>
    public void Remove(string folder)
    {
        folder = Path.Combine(Root, folder) + "/";
        _generations[folder] = _generations.GetValueOrDefault(folder) + 1;
        foreach (string path in _values.Keys.Where(path => path.StartsWith(folder, StringComparison.Ordinal)).ToArray())
        {
            _values.Remove(path);
        }
    }

    /// <summary>Makes a policy as a recorded tree has it.</summary>
    public void Add(string folder, CpufreqFixture fixture)
    {
        foreach ((string path, string value) in fixture.Values.Where(pair => pair.Key.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            _values[Path.Combine(Root, path)] = value;
        }

        foreach (string name in (string[])["scaling_min_freq", "scaling_max_freq"])
        {
            string path = Path.Combine(Root, folder, name);
            Requests[path] = KHz(path);
        }
    }

    private string Outside(string path)
    {
        if (SpinGate.HeldByThisThread > 0)
        {
            lock (UsedWithinGates)
            {
                UsedWithinGates.Add(path);
            }

            throw new InvalidOperationException($"{path} is used by a thread that holds a SpinGate.");
        }

        return path;
    }

    private int Generation(string path) => _generations.GetValueOrDefault(Path.GetDirectoryName(path) + "/");

    /// <summary>Another program writes.</summary>
    public int Write(string path, string value)
    {
        path = Path.IsPathRooted(path) ? path : Path.Combine(Root, path);
        string folder = Path.GetDirectoryName(path)!;
        string name = Path.GetFileName(path);
        int error = WriteError(name);
        error = error != 0 ? error : name switch
        {
            "scaling_governor" => SetGovernor(folder, value),
            "scaling_min_freq" or "scaling_max_freq" => SetBound(folder, path, value),
            "scaling_setspeed" => SetSpeed(folder, value),
            "energy_performance_preference" => SetPreference(folder, value),
            _ => LibC.EACCES,
        };
        Writes.Add((name, value, error));
        return error;
    }

    private bool Active(string folder) => _values[folder + "/scaling_driver"] is "intel_pstate" or "amd-pstate-epp";

    private int SetGovernor(string folder, string governor)
    {
        if (!_values[folder + "/scaling_available_governors"].Split(' ').Contains(governor))
        {
            if (Active(folder) || !LoadableGovernors.Contains(governor))
            {
                return LibC.EINVAL;
            }

            _values[folder + "/scaling_available_governors"] += " " + governor;
        }

        string preference = folder + "/energy_performance_preference";
        if (Active(folder) && _values[folder + "/scaling_governor"] != governor)
        {
            if (governor == "performance")
            {
                _preferences[preference] = _values[preference];
                _values[preference] = "performance";
            }
            else
            {
                _values[preference] = _preferences.GetValueOrDefault(preference, "balance_performance");
            }
        }

        bool speaks = governor == "userspace";
        _values[folder + "/scaling_setspeed"] = speaks ? _values[folder + "/scaling_cur_freq"] : "<unsupported>";
        _values[folder + "/scaling_governor"] = governor;
        Apply(folder);
        return 0;
    }

    private int SetBound(string folder, string path, string value)
    {
        if (!uint.TryParse(value, out uint kHz))
        {
            return LibC.EINVAL;
        }

        string min = folder + "/scaling_min_freq", max = folder + "/scaling_max_freq";
        bool isMax = path == max;
        if (!ClampsCrossing && (isMax ? kHz < Requests[min] : kHz > Requests[max]))
        {
            return LibC.EINVAL;
        }

        Requests[path] = kHz;
        ShowBounds(folder);
        return 0;
    }

    /// <summary>Shows what requests and cap come to; call after changing <see cref="Cap"/>.</summary>
    public void ShowBounds(string folder)
    {
        folder = Path.IsPathRooted(folder) ? folder : Path.Combine(Root, folder);
        string min = folder + "/scaling_min_freq", max = folder + "/scaling_max_freq";
        uint highest = Math.Min(Math.Min(Requests[max], KHz(folder + "/cpuinfo_max_freq")), Cap);
        uint lowest = Math.Min(Math.Max(Requests[min], KHz(folder + "/cpuinfo_min_freq")), highest);
        _values[max] = Text(highest);
        _values[min] = Text(lowest);
        Apply(folder);
    }

    private int SetSpeed(string folder, string value)
    {
        if (_values[folder + "/scaling_governor"] != "userspace" || !uint.TryParse(value, out uint kHz))
        {
            return LibC.EINVAL;
        }

        _values[folder + "/scaling_setspeed"] = Text(kHz);
        Apply(folder);
        return 0;
    }

    private int SetPreference(string folder, string value)
    {
        if (_values[folder + "/scaling_governor"] == "performance" && Active(folder) && value != "performance")
        {
            return LibC.EBUSY;
        }

        if (!_values[folder + "/energy_performance_available_preferences"].Split(' ').Contains(value))
        {
            return LibC.EINVAL;
        }

        _values[folder + "/energy_performance_preference"] = value;
        return 0;
    }

    private void Apply(string folder)
    {
        uint min = KHz(folder + "/scaling_min_freq"), max = KHz(folder + "/scaling_max_freq");
        string governor = _values[folder + "/scaling_governor"];
        uint target = governor switch
        {
            "performance" => max,
            "userspace" => Math.Clamp(KHz(folder + "/scaling_setspeed"), min, max),
            _ => min,
        };
        if (_values.GetValueOrDefault(folder + "/scaling_available_frequencies") is string table)
        {
            uint[] entries = [.. table.Split(' ').Select(uint.Parse).Where(entry => entry >= min && entry <= max).Order()];
            target = entries.FirstOrDefault(entry => entry >= target, entries.Length > 0 ? entries[^1] : max);
        }

        _values[folder + "/scaling_cur_freq"] = Text(target);
        if (governor == "userspace")
        {
            _values[folder + "/scaling_setspeed"] = Text(target);
        }
    }

    private uint KHz(string path) => uint.Parse(_values[path], CultureInfo.InvariantCulture);

    private static string Text(uint kHz) => kHz.ToString(CultureInfo.InvariantCulture);

    private sealed class FakeFile(FakeCpufreq kernel, string path, int generation) : ICpufreqFile
    {
        public string Path => path;

        private bool IsDead => kernel.Generation(path) != generation;

        public int Write(ReadOnlySpan<byte> value) => kernel.Outside(path) is null || IsDead ? LibC.ENODEV : kernel.Write(path, System.Text.Encoding.ASCII.GetString(value).Trim());

        public int Read(Span<byte> buffer, out int length)
        {
            length = 0;
            int error = kernel.Outside(path) is null || IsDead ? LibC.ENODEV : kernel.ReadError(System.IO.Path.GetFileName(path));
            if (error == 0)
            {
                length = System.Text.Encoding.ASCII.GetBytes(kernel._values[path] + "\n", buffer);
            }

            return error;
        }

        public bool TryHold(out int holder)
        {
            holder = kernel.Holder;
            return holder == 0;
        }

        public void LetGo()
        {
        }

        public void Dispose()
        {
        }
    }
}
