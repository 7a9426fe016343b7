using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.HostStub.Bench.Paths;
using PollScale.HostStub.Frequency;
using PollScale.Lab.Image;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// What became of some packets by one path: what generator and forwarder tell, and what the host's kernel traced, by its own clock: the rounds of packets, and each write of the pCPU's
/// register. The first three rounds are left out: what runs in them for the first time takes longer.
/// </summary>
internal sealed partial class ForwardedTraffic
{
    private const int FirstRound = 3;
    private const double TicksPerSecond = 1e9; // where instructions are counted each is a tick of the TSC
    private static readonly double[] s_watts = Watts();
    private readonly List<(ulong Ticks, int PState)> _changes = [];
    private readonly SortedDictionary<uint, ulong> _rounds = [];

    private ForwardedTraffic(Match told)
    {
        Path = told.Groups["path"].Value;
        Sends = told.Groups["sends"].Value;
        Packets = Number(told, "sent");
        Calls = Number(told, "calls");
        foreach (string line in told.Groups["traced"].Value.Split('\n'))
        {
            if (TraceEvent.TryParse(line, out TraceEvent read))
            {
                if (read.Kind == TraceEventKind.Burst)
                {
                    _rounds.Add(read.Value, read.Ticks);
                }
                else
                {
                    _changes.Add((read.Ticks, PStateSsdt.KHz.ToList().IndexOf(read.Value)));
                }
            }
        }
    }

    /// <summary>Path of the requests.</summary>
    public string Path { get; }

    /// <summary>Governor and packets, as traffic.sh takes them.</summary>
    public string Sends { get; }

    /// <summary>Packets sent, each of which came back.</summary>
    public long Packets { get; }

    /// <summary>Calls of the forwarder, from its start to its end.</summary>
    public long Calls { get; }

    private ulong Begin => _rounds[FirstRound];

    private ulong End => _rounds.Values.Last();

    /// <summary>Reads what a job told; packets lost, torn or mixed up, calls that failed and frequencies that no P-state has are failures.</summary>
    public static IReadOnlyList<ForwardedTraffic> Of(string output)
    {
        string[] parts = output.Split("LAB: traffic by ")[1..];
        return [.. parts.Select(part =>
        {
            Match told = Told().Match(part);
            Assert.True(told.Success, part);
            ForwardedTraffic traffic = new(told);
            Assert.DoesNotContain(traffic._changes, change => change.PState < 0);
            return traffic;
        })];
    }

    /// <summary>The P-states of the register in the order in which it had them, from the first round's start to the last one's end.</summary>
    public IReadOnlyList<int> PStates() => [.. Spans().Select(span => span.PState)];

    /// <summary>How long the register had each, and what a core would have drawn: that of the built-in table whose P-states lie where the lab's do, the n-th of 5 at the 5n-th of 21.</summary>
    public EnergySnapshot Energy()
    {
        double[] seconds = new double[s_watts.Length];
        foreach ((int pState, ulong from, ulong to) in Spans())
        {
            seconds[pState] += (to - from) / TicksPerSecond;
        }

        return new EnergySnapshot(seconds, s_watts, (ulong)PStates().Count - 1);
    }

    private IEnumerable<(int PState, ulong From, ulong To)> Spans()
    {
        List<(int PState, ulong From, ulong To)> spans = [(_changes.Last(change => change.Ticks <= Begin).PState, Begin, End)];
        foreach ((ulong ticks, int pState) in _changes.Where(change => change.Ticks > Begin && change.Ticks < End))
        {
            if (pState != spans[^1].PState)
            {
                spans[^1] = spans[^1] with { To = ticks };
                spans.Add((pState, ticks, End));
            }
        }

        return spans;
    }

    private static double[] Watts()
    {
        IReadOnlyList<PStateEntry> table = PStateFile.Default().PStates;
        int step = (table.Count - 1) / (PStateSsdt.KHz.Count - 1);
        return [.. Enumerable.Range(0, PStateSsdt.KHz.Count).Select(p => table[p * step].Watts)];
    }

    private static long Number(Match told, string name) => long.Parse(told.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<path>[a-z-]+): (?<sends>.*)\nsent (?<sent>\d+) forwarded \k<sent> lost 0 wrong 0\n(?:queuescaler:.*\n)*?queuescaler: decisions \d+, calls (?<calls>\d+), failed 0, last Granted;.*\n(?<traced>[\s\S]*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Told();
}
