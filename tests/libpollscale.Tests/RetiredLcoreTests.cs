using PollScale.C.Lcores;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>What any thread may do: judge settings, and end the lcore of a thread that polls no more.</summary>
public class RetiredLcoreTests
{
    private const string Loopback = "transport=loopback";
    private static readonly Lazy<string> s_program = new(() => PublishedLibrary.Program("lcore_threads", "-O2"));

    [Fact]
    public void Settings_are_judged_before_any_lcore_is_there()
    {
        string[] lines = Run("checks", Loopback);
        Assert.All(lines[..3], line => Assert.StartsWith($"wrong {(int)LcoreStatus.Invalid} ", line));
        Assert.Contains("32 .. 65536", lines[0], StringComparison.Ordinal);
        Assert.Contains("at most the ring's 64", lines[1], StringComparison.Ordinal);
        Assert.Contains("'none' is no governor", lines[2], StringComparison.Ordinal);
        Assert.Equal("right 0 ", lines[3]);
        Assert.StartsWith($"none {(int)LcoreStatus.Handle} ", lines[4]);
        Assert.Equal(["create 0 ", "own 0 "], lines[5..]);
    }

    [Fact]
    public void Another_thread_ends_an_lcore_and_its_own_makes_the_next()
    {
        string[] lines = Run("retires", Loopback);
        Assert.Equal(["create 0 ", "retire 0 "], lines[..2]);
        Assert.StartsWith($"twice {(int)LcoreStatus.Handle} ", lines[2]);
        Assert.StartsWith($"NULL {(int)LcoreStatus.Handle} ", lines[3]);
        Assert.Equal("left 1", lines[4]);
        Assert.StartsWith($"observe {(int)LcoreStatus.Handle} ", lines[5]);
        Assert.Equal(["again 0 ", "own 0 ", "gone 0 "], lines[6..]);
    }

    [Fact]
    public void A_thread_that_polls_on_meanwhile_is_told() => Assert.Equal(["create 0 ", "retired many"], Run("contends", Loopback));

    [Fact]
    public void Cpufreq_is_as_it_was_when_another_thread_has_ended_the_lcore()
    {
        using TemporaryFolder root = new();
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(root["sys/devices/system/cpu"]);
        string policy = root["sys/devices/system/cpu/cpufreq/policy0/scaling_governor"], before = File.ReadAllText(policy);

        string[] lines = Run("holds", $"transport=cpufreq pinning=pin cpu=0 root={root.Path}");

        Assert.Equal(["create 0 ", "governor userspace", "retire 0 ", $"governor {before.Trim()}"], lines);
    }

    [Fact]
    public void A_visit_to_a_CPU_ends_where_it_began()
    {
        Assert.Equal(0, ThreadAffinity.Get(out cpu_set_t home));
        int cpu = Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).Last(home.IsSet);
        using (CpuVisit.To(cpu))
        {
            Assert.Equal(1, ThreadAffinity.Read(out int there));
            Assert.Equal(cpu, there);
        }

        Assert.Equal(0, ThreadAffinity.Get(out cpu_set_t after));
        Assert.All(Enumerable.Range(0, cpu_set_t.CPU_SETSIZE), each => Assert.Equal(home.IsSet(each), after.IsSet(each)));
        using (CpuVisit.To(cpu_set_t.CPU_SETSIZE - 1))
        {
            Assert.Equal(home.Count, ThreadAffinity.Read(out _));
        }
    }

    private static string[] Run(string name, string settings)
    {
        PublishedLibrary.Require();
        return PublishedLibrary.Run(s_program.Value, name, settings);
    }
}
