using System.Globalization;
using PollScale.HostStub.Frequency;
using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// The sample forwards the same packets in a Linux guest by one path of its requests after the other, on a clock that is the count of instructions: what is lost, which P-states its pCPU
/// had in which order, for how long, and what that draws.
/// </summary>
[Collection(CountingHardwareMachine.Collection)]
public class TrafficByEachPath(CountingHardwareMachine machine)
{
    // A rule that goes by the backlog alone, a step each 10 ms, which is longer than any path takes: no request overtakes another. Each second round brings 300 packets of 250 us at once.
    private const string Steps = "threshold:interval=10ms 0 1500 3 200 batch";

    // What a user gets: packets at even distances, which take 62 % of the fastest lcore while they come. It learns what a packet costs and how soon it is granted what it asks for, and so
    // takes other ways by other paths.
    private const string Default = "optimal-available 50 2500 3 300";

    // From region's energy. A step that a turn of another program on the only CPU makes ten milliseconds late is 2 to 3 %; by the default rule it was 12 % at most.
    private const double StepsApart = 0.05, DefaultApart = 0.2;

    // Two rounds of steps up, as packets pile up, and down again.
    private static readonly int[] s_steps = [4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4];
    private static readonly string[] s_paths = ["region", "virtio-serial", "observed", "answered", "module", PathMatrix.Loop];

    /// <summary>A measurement, for docs/paths.md: two minutes of a CPU, more than ./test's lab has left. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void Nothing_is_lost_and_the_same_decisions_draw_the_same_energy()
    {
        machine.SkipWithoutModule();
        LabResult run = machine.RunSealed($"traffic_all '{Steps}' '{Default}'", 300).Expect();
        IReadOnlyList<ForwardedTraffic> all = ForwardedTraffic.Of(run.Output);
        File.WriteAllText(Path.Combine(LabFolders.Logs, "traffic.md"), Table(all));
        TestContext.Current.TestOutputHelper?.WriteLine($"{run}\n{Table(all)}");
        foreach (IGrouping<string, ForwardedTraffic> same in all.GroupBy(traffic => traffic.Sends))
        {
            Assert.Equal(s_paths, same.Select(traffic => traffic.Path));
            Assert.Single(same.Select(traffic => traffic.Packets).Distinct());
            double ofRegion = same.First().Energy().Joules, apart = same.Key == Steps ? StepsApart : DefaultApart;
            Assert.All(same, traffic => Assert.InRange(traffic.Energy().Joules, ofRegion * (1 - apart), ofRegion * (1 + apart)));
        }

        Assert.All(all.Where(traffic => traffic.Sends == Steps), traffic => Assert.Equal(s_steps, traffic.PStates()));
    }

    // As docs/paths.md has it.
    private static string Table(IEnumerable<ForwardedTraffic> all) => string.Concat(all.GroupBy(traffic => traffic.Sends).Select(same => $"""
        `{same.Key}`, {same.First().Packets} packets

        | path | lost | calls | changes | ms in P0 / P1 / P2 / P3 / P4 | energy, J | to region's |
        |---|---|---|---|---|---|---|
        {string.Join('\n', same.Select(traffic => Row(traffic, same.First().Energy().Joules)))}


        """));

    private static string Row(ForwardedTraffic traffic, double ofRegion)
    {
        EnergySnapshot energy = traffic.Energy();
        string spans = string.Join(" / ", energy.ResidencySeconds.Select(seconds => (seconds * 1000).ToString("F1", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"| {traffic.Path} | 0 | {traffic.Calls} | {energy.Transitions} | {spans} | {energy.Joules:F3} | {(energy.Joules / ofRegion) - 1:+0.0 %;-0.0 %;0} |");
    }
}
