namespace PollScale.Tests.Shared.Cpufreq;

/// <summary>A recorded sysfs tree: one "path: value" a line.</summary>
internal sealed class CpufreqFixture
{
    private CpufreqFixture(Dictionary<string, string> values) => Values = values;

    /// <summary>Names of all fixtures.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    /// <summary>Values by path below the root.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "CpufreqFixtures");

    /// <summary>Reads one.</summary>
    public static CpufreqFixture Load(string name) => new(File.ReadAllLines(Path.Combine(Folder, name + ".txt"))
        .Where(line => !line.StartsWith('#') && line.Length > 0)
        .Select(line => line.Split(": ", 2))
        .ToDictionary(pair => pair[0], pair => pair[1]));

    /// <summary>The same with some values changed.</summary>
    public CpufreqFixture With(params (string Path, string Value)[] changes)
    {
        Dictionary<string, string> values = new(Values);
        foreach ((string path, string value) in changes)
        {
            values[path] = value;
        }

        return new CpufreqFixture(values);
    }

    /// <summary>Writes the tree as real files.</summary>
    public void WriteTo(string root)
    {
        foreach ((string path, string value) in Values)
        {
            string full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, value + "\n");
        }
    }
}
