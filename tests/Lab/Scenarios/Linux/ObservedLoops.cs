using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// One daemon that observes the hypercalls of 64 VMs of the least kind (Image/hypercall_loops.c), 8 of which flood. All share one CPU, whose instructions are counted, so that what a
/// hypercall costs the daemon is a number that repeats.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class ObservedLoops(CountingLinuxMachine machine)
{
    private const int Loops = 64, Floods = 8, FloodFactor = 20;

    // The first is to warm up; in that with a minus no flood is made; 0 is rest.
    private static readonly int[] s_turns = [50, 100, -100, 100, 0];

    // Of the daemon's CPU without its compiler: a request that is served, with its audit record, and any event where most are of floods. Measured 17,000 to 18,400, and 4,500 to 5,500.
    private const long MostOfServed = 25_000, MostOfAny = 8_000;

    // Between two turns that are the same; compiled code comes to 4.5 MiB of it. A leak of 400 bytes an event would be more.
    private const long MostGrowthKiB = 8192;

    private static readonly string s_job = $$$"""
        {
            printf 'version: 1\ndefaults: {budget: {calls-per-second: 1000, burst: 200}}\nguests:\n'
            for n in $(seq 0 {{{Loops - 1}}}); do printf '  - {name: g%s, control: true, hypercall: observed, shmem: {listen: /run/pollscale/%s.sock}, vcpus: [{vcpu: 0, pcpu: 0}]}\n' $n $n; done
        } | policy
        serve_start --audit /var/log/pollscale/audit.jsonl
        $programs/as / $qemu $kvm,$service $programs/hypercall_loops /run/pollscale {{{Loops}}} {{{Floods}}} $(serve_pid) {{{string.Join(' ', s_turns)}}} & loops=$!
        watched {{{Loops}}} && wait $loops && watched 0 || exit 1
        sleep 2
        unit_lives
        grep -o '"guest":"g[0-9]*","vcpu":0,[^}]*' /tmp/serve.out | awk -F'"' '{ last[$4] = $0 } END { for (guest in last) print last[guest] }' | sed 's/"vcpu".*"hypercalls":/"hypercalls":/; s/,"connects".*//'
        """;

    [Fact]
    public void Sixty_four_loops_are_served_and_floods_among_them_are_counted_and_harm_nobody()
    {
        LabResult run = machine.RunSealed(s_job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', run.Output.Split('\n').Where(line => !line.EndsWith(":0", StringComparison.Ordinal))));
        Dictionary<string, long>[] turns = [.. Turn().Matches(run.Output).Select(Numbers)];
        Assert.Equal(s_turns, turns.Select(turn => (int)turn["turn"]));
        Assert.All(turns, turn =>
        {
            // Nobody who waits waits in vain, and next to nobody until a tick looks at the slot: the daemon's compiler may stop it for a moment.
            long calls = Math.Abs(turn["turn"]) * (Loops - Floods);
            Assert.Equal((calls, calls, 0), (turn["paced_calls"], turn["paced_echoed"], turn["paced_wrong"]));
            Assert.InRange(turn["paced_prompt"], calls * 95 / 100, calls);
            Assert.Equal(Math.Max(0, turn["turn"]) * FloodFactor * Floods, turn["floods_calls"]);
        });

        Dictionary<int, Dictionary<string, long>> served = Served().Matches(run.Output).ToDictionary(line => int.Parse(line.Groups["guest"].Value, CultureInfo.InvariantCulture), Numbers);
        Assert.Equal(Loops, served.Count);
        long requests = s_turns.Sum(Math.Abs), flood = s_turns.Sum(calls => Math.Max(0, calls)) * FloodFactor;
        foreach ((int guest, Dictionary<string, long> counts) in served)
        {
            Assert.Equal((0, 0), (counts["cpu"], counts["thread"]));
            if (guest < Floods)
            {
                Assert.InRange(counts["lost"] + counts["slot"], flood / 2, flood); // dropped, and counted
                Assert.True(counts["lost"] > 0, $"guest {guest}");
            }
            else
            {
                Assert.Equal((0, 0), (counts["lost"], counts["slot"]));
                Assert.InRange(counts["hypercalls"], requests * 9 / 10, requests);
            }
        }

        Dictionary<string, long> before = turns[1], quiet = turns[2], last = turns[3], rest = turns[4];
        long floods = served.Values.Sum(counts => counts["lost"] + counts["slot"]), ofServed = quiet["cpu"] / quiet["paced_calls"], ofAny = last["cpu"] / (last["paced_calls"] + last["floods_calls"]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ns of CPU for an event: {ofServed} of {quiet["paced_calls"]} in {quiet["ms"]} ms, {ofAny} of {last["paced_calls"] + last["floods_calls"]} in {last["ms"]} ms, at rest {rest["cpu"] / rest["ms"]} for a ms; of floods {floods} of {Floods * flood} dropped"));
        Assert.InRange(ofServed, 1, MostOfServed);
        Assert.InRange(ofAny, 1, MostOfAny);
        Assert.InRange(last["kib"] - before["kib"], -MostGrowthKiB, MostGrowthKiB);
    }

    private static Dictionary<string, long> Numbers(Match match) => match.Groups.Values.Where(group => group.Name != "0" && group.Success).ToDictionary(group => group.Name, group => long.Parse(group.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^turn (?<turn>-?\d+): ms (?<ms>\d+) cpu (?<cpu>\d+) kib (?<kib>\d+); floods calls (?<floods_calls>\d+) .* dropped (?<dropped>\d+); paced calls (?<paced_calls>\d+) echoed (?<paced_echoed>\d+) prompt (?<paced_prompt>\d+) wrong (?<paced_wrong>\d+) ", RegexOptions.Multiline)]
    private static partial Regex Turn();

    [GeneratedRegex(@"^""guest"":""g(?<guest>\d+)"",""hypercalls"":(?<hypercalls>\d+),""hypercalls_wrong_slot"":(?<slot>\d+),""hypercalls_wrong_cpu"":(?<cpu>\d+),""hypercalls_wrong_thread"":(?<thread>\d+),""hypercalls_lost"":(?<lost>\d+)", RegexOptions.Multiline)]
    private static partial Regex Served();
}
