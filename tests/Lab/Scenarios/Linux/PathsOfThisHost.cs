using System.Text.Json;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>`hoststub bench paths --this-host`: makes its VM, measures what the host allows, and leaves the pCPU as it was.</summary>
[Collection(CountingHardwareMachine.Collection)]
public class PathsOfThisHost(CountingHardwareMachine machine)
{
    private const int Bursts = 20;

    /// <summary>Its VM does not come to its end in some runs. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void Each_path_has_its_figures_and_the_pCPU_is_as_before()
    {
        machine.SkipWithoutModule();
        LabResult run = machine.RunSealed($"""
            state() (cd $cpufreq/policy0 && echo cpu0 $(cat scaling_governor scaling_min_freq scaling_max_freq))
            cat /l2/usr/bin/* /l2/boot/*6.12 >/dev/null # its clock runs on while a disk is read
            module_load
            state
            this_host --bursts {Bursts}
            state
            ls -A /run/this /sys/kernel/tracing/instances
            """, 200).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonElement[] told = [.. lines.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.True(told[0].GetProperty("host").GetProperty("virtualised").GetBoolean());
        Assert.Equal("ok", told[^1].GetProperty("status").GetString());
        Assert.Equal(
            from path in (string[])["region", "observed", "answered", "module"] from what in (string[])["bursts without the fastest P-state", "burst to fastest P-state, p50", "burst to fastest P-state, p99"] select $"{path}: {what}",
            told[1..^1].Select(sample => sample.GetProperty("name").GetString()!));
        Assert.All(told[1..^1], sample => Assert.InRange(sample.GetProperty("ours").GetDouble(), 0, 10_000));
        string[] states = [.. lines.Where(line => line.StartsWith("cpu0 ", StringComparison.Ordinal))];
        Assert.Equal(2, states.Length);
        Assert.Equal(states[0], states[1]);
        Assert.Equal(["/run/this:", "/sys/kernel/tracing/instances:"], lines[^2..]);
    }
}
