using System.Globalization;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(XenMachine.Collection)]
public class Refusals(XenMachine machine)
{
    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_guest_without_control_may_ask_but_changes_nothing(string doorbell)
    {
        LabResult run = ProbeRun.On(machine, doorbell, "--deny").Expect();

        string[] changes = [.. run.GuestLines.Where(l => l.Contains(" -> ", StringComparison.Ordinal)
            && (l.StartsWith("SetPState ", StringComparison.Ordinal) || l.StartsWith("Max ", StringComparison.Ordinal) || l.StartsWith("Min ", StringComparison.Ordinal)))];
        Assert.Contains("Max 0 -> Denied (-1)", changes);
        Assert.Contains("Min 0 -> Denied (-1)", changes);
        Assert.Contains("SetPState 20 -> Denied (-1)", changes);
        Assert.Contains("Step 1 -> Denied (-1)", run.GuestLines);
        Assert.Contains("PStateKHz 20 -> 1000000", run.GuestLines);
        Assert.Contains("0 transitions", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_flood_is_throttled_and_the_host_counts_it(string doorbell)
    {
        const int Flood = 500, Burst = 100;
        LabResult run = ProbeRun.On(machine, doorbell, $"--budget 20/{Burst}", $"--flood {Flood}").Expect();

        string line = Assert.Single(run.GuestLines, l => l.StartsWith($"flood {Flood}: ", StringComparison.Ordinal));
        int granted = Number(line, "granted"), throttled = Number(line, "throttled");
        Assert.Equal((Flood, 0), (granted + throttled, Number(line, "denied") + Number(line, "other")));
        Assert.True(granted is > 0 and <= Burst + 40, line);

        // The guest then asks for the state until the budget pays for it: refusals of its own.
        string calls = Assert.Single(run.Output.Split('\n'), l => l.StartsWith("Calls ", StringComparison.Ordinal));
        Assert.InRange(Number(calls, "throttled"), throttled, throttled + 500);
    }

    private static int Number(string line, string name)
    {
        string[] words = line.Split(' ', ',', ';');
        return int.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
    }
}
