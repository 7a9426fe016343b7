using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

/// <summary>A run of the original l3fwd-power loop on a virtual 1 GHz clock: everything it asked of its surroundings, in order.</summary>
internal sealed class Trace
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Incumbents", "L3FwdPower");
    private static readonly Lazy<IReadOnlyList<Trace>> s_all = new(() => [.. Directory.GetFiles(Folder, "*.csv.gz").Order(StringComparer.Ordinal).Select(path => new Trace(path))]);

    private Trace(string path)
    {
        Name = Path.GetFileName(path);
        Queues = Name.Contains("_q3", StringComparison.Ordinal) ? 3 : Name.Contains("_q2", StringComparison.Ordinal) ? 2 : 1;
        Interrupts = !Name.Contains("intr0", StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(path);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using StreamReader reader = new(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        List<TraceEvent> events = [];
        Assert(reader.ReadLine() == "seq,t_ns,event,a,b,c", "unknown columns");
        while (reader.ReadLine() is string line)
        {
            string[] cells = line.Split(',');
            Assert(Number(cells[0]) == (ulong)events.Count, "events are missing");
            events.Add(new TraceEvent(string.Intern(cells[2]), Number(cells[1]), Number(cells[3]), (uint)Number(cells[4])));
        }

        Events = events;
    }

    /// <summary>All recorded runs.</summary>
    public static IReadOnlyList<Trace> All => s_all.Value;

    public string Name { get; }

    public int Queues { get; }

    public bool Interrupts { get; }

    public string Sha256 { get; }

    public IReadOnlyList<TraceEvent> Events { get; }

    private static ulong Number(string cell) => ulong.Parse(cell, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Assert(bool valid, string problem)
    {
        if (!valid)
        {
            throw new InvalidDataException($"{Name}: {problem}.");
        }
    }
}
