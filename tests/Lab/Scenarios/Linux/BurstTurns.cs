using System.Globalization;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Who had the only CPU from each burst to its register, by one path: see turns.sh. An instruction is a tick of the TSC and takes a nanosecond.</summary>
internal sealed class BurstTurns
{
    private const string Daemon = "pCPU 0/", VcpuName = "CPU ";
    private readonly List<Burst> _bursts = [];

    private BurstTurns(string[] lines)
    {
        Path = lines[0].Split(' ')[0];
        string own = "";
        List<(double Ticks, string What)> events = [];
        foreach (string[] words in lines.Skip(1).Select(line => line.Split(' ', 2)).Where(words => words.Length == 2))
        {
            if (words[0] == "burst")
            {
                (own, events) = ("/" + words[1], []);
            }
            else if (double.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out double ticks))
            {
                events.Add((ticks, words[1]));
                if (words[1] == "set")
                {
                    _bursts.Add(Read(own, events));
                }
            }
        }
    }

    /// <summary>Path of the requests.</summary>
    public string Path { get; }

    /// <summary>Bursts seen.</summary>
    public int Count => _bursts.Count;

    /// <summary>Reads what a job told.</summary>
    public static IReadOnlyList<BurstTurns> Of(string output) => [.. output.Split("LAB: turns of ")[1..].Select(part => new BurstTurns(part.Split('\n')))];

    /// <summary>What 99 in 100 bursts take, in us: all; without other guests' turns, those of their hosts and of what compiles or writes for the daemon; and without the daemon's turns for other guests.</summary>
    public (double All, double WithoutOthers, double WithoutTheirRequests) P99() =>
        (P99(burst => burst.Ticks), P99(burst => burst.Ticks - burst.Others), P99(burst => burst.Ticks - burst.Others - burst.TheirRequests));

    private double P99(Func<Burst, double> part)
    {
        double[] sorted = [.. _bursts.Select(part).Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(0.99 * sorted.Length) - 1)] / 1000;
    }

    // Whoever runs beside the vCPU and the daemon's thread is another's; that thread's last turn is the burst's own, one that ended before it somebody else's. A timer that wakes another vCPU is its.
    private static Burst Read(string own, List<(double Ticks, string What)> events)
    {
        double others = 0, theirs = 0, turn = 0, since = 0, timer = -1;
        string runs = own;
        bool wakesOther = false;
        foreach ((double ticks, string what) in events)
        {
            bool ours = runs.EndsWith(own, StringComparison.Ordinal) || runs.StartsWith(Daemon, StringComparison.Ordinal);
            if (what.StartsWith("runs ", StringComparison.Ordinal))
            {
                others += ours ? 0 : ticks - since;
                theirs += runs.StartsWith(Daemon, StringComparison.Ordinal) ? ticks - since - turn : 0;
                (runs, since, turn) = (what["runs ".Length..], ticks, 0);
            }
            else if (what == "timer")
            {
                (timer, wakesOther) = (ticks, false);
            }
            else if (what.StartsWith("wakes " + VcpuName, StringComparison.Ordinal))
            {
                wakesOther |= !what.EndsWith(own, StringComparison.Ordinal);
            }
            else if (what == "timer-ends" && timer >= 0 && wakesOther && ours)
            {
                others += ticks - timer;
                turn += runs.StartsWith(Daemon, StringComparison.Ordinal) ? ticks - timer : 0;
                timer = -1;
            }
        }

        return new Burst(events[^1].Ticks, others + (runs.EndsWith(own, StringComparison.Ordinal) || runs.StartsWith(Daemon, StringComparison.Ordinal) ? 0 : events[^1].Ticks - since), theirs);
    }

    private readonly record struct Burst(double Ticks, double Others, double TheirRequests);
}
