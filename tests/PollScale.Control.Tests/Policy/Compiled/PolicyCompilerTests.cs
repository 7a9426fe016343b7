using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Compiled;

/// <summary>What the kernel is given of a policy, and when it is given nothing. pCPUs 0 and 1, 2 and 3 and so on share a core.</summary>
public class PolicyCompilerTests
{
    [Fact]
    public void A_vCPU_that_is_alone_on_its_core_is_compiled_within_the_guests_bounds_with_its_part_of_the_budget()
    {
        GuestPolicy guest = Module(0, 2, 4) with { Fastest = HostLab.Index(1), Slowest = HostLab.Index(3), CallsPerSecond = 1000, Burst = 200, Queries = false };
        using HostFrequency host = Start(guest);

        CompiledPolicy compiled = Binding(host, "vm", 1).Compiled!;

        Assert.Equal((2, 1, 3, true, false, 333, 66), (compiled.Pcpu, compiled.Table.FastestAllowed, compiled.Table.SlowestAllowed, compiled.Control, compiled.Queries, compiled.CallsPerSecond, compiled.Burst));
        Assert.Equal(HostLab.Table.KHz, compiled.Table.KHz);
    }

    [Fact]
    public void The_least_part_of_a_budget_is_one_call()
    {
        using HostFrequency host = Start(Module(0, 2) with { CallsPerSecond = 1, Burst = 1 });
        Assert.Equal((1, 1), (Binding(host, "vm", 0).Compiled!.CallsPerSecond, Binding(host, "vm", 0).Compiled!.Burst));
    }

    [Fact]
    public void Where_others_wishes_count_too_it_is_refused_with_the_reason()
    {
        AssertRefused("shared with vCPU 1 of vm,", Module(0, 0));
        AssertRefused("the core or the cpufreq policy of pCPU 0 is shared with vCPU 1 of vm on pCPU 1", Module(0, 1));
        AssertRefused("shared with vCPU 0 of other", Module(0), HostLab.Guest("other", 1));
        AssertRefused("shared with vCPU 0 of other", Module(0), HostLab.Guest("other", 0) with { Control = false });
        using HostFrequency managed = Start(HostLab.Policy(Module(0)) with { Pcpus = [new PcpuPolicy(1, HostLab.Index(4), default)] });
        Assert.Contains("shared with pCPU 1, which the policy names too", Binding(managed, "vm", 0).Uncompiled, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulated_P_states_are_no_business_of_the_kernels()
    {
        using HostFrequency host = new HostLab().Start(HostLab.Policy(Module(0)));
        Assert.Contains("--frequency cpufreq", Binding(host, "vm", 0).Uncompiled, StringComparison.Ordinal);
        Assert.Null(Binding(host, "vm", 0).Compiled);
    }

    [Fact]
    public void Who_may_only_ask_may_share_and_who_did_not_want_it_is_not_compiled()
    {
        using HostFrequency host = Start(Module(0) with { Control = false }, HostLab.Guest("other", 1));
        Assert.False(Binding(host, "vm", 0).Compiled!.Control);
        Assert.Equal((null, null), (Binding(host, "other", 0).Compiled, Binding(host, "other", 0).Uncompiled));
    }

    [Fact]
    public void What_says_the_same_is_the_same()
    {
        using HostFrequency host = Start(Module(0)), again = Start(Module(0)), other = Start(Module(0) with { Slowest = HostLab.Index(3) }), less = Start(Module(0) with { Burst = 7 });
        CompiledPolicy one = Binding(host, "vm", 0).Compiled!;
        Assert.True(one.IsSame(Binding(again, "vm", 0).Compiled));
        Assert.False(one.IsSame(Binding(other, "vm", 0).Compiled));
        Assert.False(one.IsSame(Binding(less, "vm", 0).Compiled));
        Assert.False(one.IsSame(null));
    }

    private static void AssertRefused(string why, params GuestPolicy[] guests)
    {
        using HostFrequency host = Start(guests);
        Assert.Null(Binding(host, "vm", 0).Compiled);
        Assert.Contains(why, Binding(host, "vm", 0).Uncompiled, StringComparison.Ordinal);
    }

    private static GuestPolicy Module(params ReadOnlySpan<int> pCpus) => HostLab.Guest("vm", pCpus) with { Hypercall = HypercallMode.Module };

    private static HostFrequency Start(params GuestPolicy[] guests) => Start(HostLab.Policy(guests));

    private static HostFrequency Start(HostPolicy policy)
    {
        HostLab lab = new();
        lab.Options = lab.Options with { Open = _ => new ScriptedBackend(HostLab.Table, initial: 4) { Emulated = false } };
        return lab.Start(policy);
    }

    private static VcpuBinding Binding(HostFrequency host, string guest, int vcpu) => host.ServiceFor(guest, vcpu).Binding!;
}
