using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public class CpufreqTreeTests
{
    [Fact]
    public void Only_policies_count_not_tunables_of_governors()
    {
        using TemporaryFolder root = new();
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(root.Path);
        foreach (string other in (string[])["policy", "policyx", "policy-1", "ondemand", "policy 2"])
        {
            Directory.CreateDirectory(root[$"cpufreq/{other}"]);
        }

        CpufreqTree tree = new(root.Path);

        Assert.True(Directory.Exists(root["cpufreq/schedutil"]));
        Assert.Equal([0, 1], tree.PolicyNumbers());
        Assert.Equal(1, tree.PolicyOf(1));
    }

    [Fact]
    public void Without_cpufreq_the_error_names_the_folder_and_what_to_do()
    {
        using TemporaryFolder root = new();

        CpufreqException e = Assert.Throws<CpufreqException>(() => new CpufreqTree(root.Path).PolicyOf(0));

        Assert.Equal(CpufreqProblem.NoCpufreq, e.Problem);
        Assert.Contains(root["cpufreq"], e.Message);
        Assert.Contains("Inside a VM", e.Message);
    }

    [Fact]
    public void A_CPU_of_no_policy_is_an_error_that_lists_those_there_are()
    {
        CpufreqException e = Assert.Throws<CpufreqException>(() => Tree("haswell-acpi-cpufreq").PolicyOf(7));

        Assert.Equal(CpufreqProblem.NoPolicy, e.Problem);
        Assert.Contains("CPU 7", e.Message);
        Assert.Contains("0, 1", e.Message);
    }

    [Fact]
    public void An_offline_CPU_belongs_to_no_policy()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq") { ["cpufreq/policy1/affected_cpus"] = "" };

        Assert.Throws<CpufreqException>(() => new CpufreqTree(FakeCpufreq.Root, kernel).PolicyOf(1));
    }

    [Theory]
    [InlineData("scaling_max_freq", "<unknown>")]
    [InlineData("cpuinfo_min_freq", "0")]
    [InlineData("scaling_available_frequencies", "2401000 many")]
    public void Values_that_make_no_sense_are_named(string file, string value)
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq") { [$"cpufreq/policy0/{file}"] = value };

        CpufreqException e = Assert.Throws<CpufreqException>(() => new CpufreqTree(FakeCpufreq.Root, kernel).Read(0));

        Assert.Contains(file, e.Message);
    }

    [Theory]
    [InlineData("haswell-acpi-cpufreq", "AcpiCpufreq", "SetSpeed", "userspace", 14, 2401000, 1200000, 10000)]
    [InlineData("skylake-intel-pstate-active", "IntelPstateActive", "Bounds", "performance", 28, 3700000, 1000000, 20000)]
    [InlineData("skylake-intel-pstate-passive", "IntelPstatePassive", "SetSpeed", "userspace", 28, 3700000, 1000000, 20000)]
    [InlineData("zen-amd-pstate-passive", "AmdPstatePassive", "SetSpeed", "userspace", 56, 5881000, 400000, 20000)]
    [InlineData("zen-amd-pstate-guided", "AmdPstateGuided", "SetSpeed", "userspace", 56, 5881000, 400000, 20000)]
    [InlineData("zen-amd-pstate-active", "AmdPstateActive", "Bounds", "performance", 56, 5881000, 400000, 20000)]
    [InlineData("ampere-cppc-cpufreq", "CppcCpufreq", "SetSpeed", "userspace", 21, 3000000, 1000000, 1000)]
    public void Each_driver_is_known_with_its_method_and_table(string fixture, string driver, string method, string governor, int count, int fastest, int slowest, int latencyNs)
    {
        CpufreqPolicy policy = Tree(fixture).Read(0);
        CpufreqPlan plan = CpufreqPlan.Candidates(policy)[0];
        PStateTable table = CpufreqPStates.Build(policy);

        Assert.Equal(driver, policy.Driver.ToString());
        Assert.Equal((method, governor), (plan.Method.ToString(), plan.Governor));
        Assert.Equal((count, (uint)fastest, (uint)slowest, (uint)latencyNs), (table.Count, table[0], table[table.Count - 1], table.TransitionLatencyNs));
        Assert.Equal((0, table.Count - 1), (table.FastestAllowed, table.SlowestAllowed));
    }

    [Fact]
    public void Every_fixture_is_tested() => Assert.Equal(7, CpufreqFixture.Names.Count);

    private static CpufreqTree Tree(string fixture) => new(FakeCpufreq.Root, new FakeCpufreq(fixture));
}
