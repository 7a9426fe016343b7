using System.Text.Json;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>`hoststub bench paths --this-host`: makes its VM, measures what the host allows, and leaves the pCPU as it was.</summary>
[Collection(CountingHardwareMachine.Collection)]
public class PathsOfThisHost(CountingHardwareMachine machine)
{
    private const int Bursts = 20;

    [Fact]
    public void Paths_have_their_figures_and_the_pCPU_is_as_before() => Measure("6.12", "region", "module", "virtio-serial");

    /// <summary>A boot each takes two minutes.</summary>
    [Fact(Explicit = true)]
    public void Each_path_has_its_figures() => Measure("6.12", "region", "observed", "answered", "module", "virtio-serial", "dpdk-loop");

    /// <summary>Linux 6.1 has no virtio but by modules, which the VM gets along.</summary>
    [Fact(Explicit = true)]
    public void Drivers_are_given_along() => Measure("6.1", "virtio-serial");

    /// <summary>Other guests ask beside each path that has a way for them.</summary>
    [Fact(Explicit = true)]
    public void Loads_go_on_beside()
    {
        JsonElement[] told = Run("6.12", "--loads '3x100' --paths 'region module virtio-serial dpdk-loop'");
        Assert.All(told[^1].GetProperty("paths").EnumerateArray(), path =>
        {
            Assert.Null(path.GetProperty("why_not").GetString());
            Assert.InRange(path.GetProperty("beside_answered").GetInt64(), 10, path.GetProperty("beside_asked").GetInt64());
        });
    }

    private void Measure(string kernel, params string[] paths)
    {
        JsonElement[] told = Run(kernel, $"--paths '{string.Join(' ', paths)}'");
        Assert.True(told[0].GetProperty("host").GetProperty("virtualised").GetBoolean());
        Assert.Equal("ok", told[^1].GetProperty("status").GetString());
        Assert.Equal(
            from path in paths from what in (string[])["bursts without the fastest P-state", "burst to fastest P-state, p50", "burst to fastest P-state, p95", "burst to fastest P-state, p99"] select $"{path}: {what}",
            told[1..^1].Select(sample => sample.GetProperty("name").GetString()!));
        Assert.All(told[1..^1], sample => Assert.InRange(sample.GetProperty("ours").GetDouble(), 0, 10_000));
        JsonElement[] facts = [.. told[^1].GetProperty("paths").EnumerateArray()];
        Assert.Equal(paths, facts.Select(path => path.GetProperty("label").GetString()!));
        Assert.All(facts, path =>
        {
            Assert.Null(path.GetProperty("why_not").GetString());
            Assert.Equal(1, path.GetProperty("boots").GetInt32());
            Assert.InRange(path.GetProperty("bursts_s").GetDouble(), 0.1, 100);
            Assert.NotNull(path.GetProperty("why_no_cycles").GetString()); // the emulated CPU counts neither
            Assert.NotNull(path.GetProperty("why_no_energy").GetString());
        });
    }

    // Its lines of JSON, the pCPU being as it was.
    private JsonElement[] Run(string kernel, string options)
    {
        machine.SkipWithoutModule();
        LabResult run = machine.RunSealed($"""
            state() (cd $cpufreq/policy0 && echo cpu0 $(cat scaling_governor scaling_min_freq scaling_max_freq))
            module_load
            state
            this_host {kernel} --bursts {Bursts} {options}
            state
            ls -A /run/this /sys/kernel/tracing/instances
            """, 200).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] states = [.. lines.Where(line => line.StartsWith("cpu0 ", StringComparison.Ordinal))];
        Assert.Equal(2, states.Length);
        Assert.Equal(states[0], states[1]);
        Assert.Equal(["/run/this:", "/sys/kernel/tracing/instances:"], lines[^2..]);
        return [.. lines.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
