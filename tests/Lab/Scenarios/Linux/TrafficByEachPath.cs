using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>The sample forwards the same packets in a Linux guest by one path of its requests after the other: what is lost, what it asked for, and how long its pCPU had which frequency.</summary>
[Collection(LinuxMachine.Collection)]
public class TrafficByEachPath(LinuxMachine machine)
{
    private const int LowPps = 50, HighPps = 2500, Rounds = 3, RoundMs = 1500;

    /// <summary>A measurement, for docs/paths.md. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void No_packet_is_lost_by_any()
    {
        machine.SkipWithoutModule();
        LabResult run = machine.RunSealed($"traffic_all {LowPps} {HighPps} {Rounds} {RoundMs}", 300).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        string[] paths = run.Output.Split("LAB: traffic by ")[1..];
        Assert.Equal(["region", "virtio-serial", "observed", "answered", "module", PathMatrix.Loop], paths.Select(path => path.Split('\n')[0]));
        Assert.All(paths, told => Assert.Matches(@"(?m)^sent (\d+) forwarded \1 lost 0 wrong 0$", told));
    }
}
