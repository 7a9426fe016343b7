using PollScale.Cpufreq;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Status;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

public class VcpuStatusTests
{
    private const uint Fastest = 3_000_000, Second = 2_500_000, Third = 2_000_000, Fourth = 1_500_000, Slowest = 1_000_000;
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max), s_min = new(FrequencyOp.Min);

    [Fact]
    public void Before_the_first_call_nothing_was_asked_for_and_the_core_rests()
    {
        using HostFrequency host = new HostLab().Start(HostLab.Policy(HostLab.Guest("a", 2)));

        VcpuStatus status = Assert.Single(host.Status(5));
        Assert.Equal(("a", 0, 2, true), (status.Guest, status.Vcpu, status.Pcpu, status.Control));
        Assert.Equal((null, null, Fastest, AuditReason.NothingAsked), Frequencies(status));
        Assert.Null(status.DecidedS);
        Assert.Equal(0UL, status.Calls.Total);
    }

    [Fact]
    public void What_was_asked_for_stands_beside_what_the_bounds_left_of_it()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Fastest = HostLab.Index(1), Slowest = HostLab.Index(3) }));
        VcpuService a = host.ServiceFor("a", 0);

        a.Answer(0, s_max, 1_000);
        Assert.Equal((Fastest, Second, Second, AuditReason.BoundFastest), Frequencies(host.Status(2_000)[0]));
        a.Answer(0, s_min, 3_000);
        Assert.Equal((Slowest, Fourth, Fourth, AuditReason.BoundSlowest), Frequencies(host.Status(4_000)[0]));
        a.Answer(0, new FrequencyCall(FrequencyOp.SetPState, 2), 1_000_000_000);
        VcpuStatus last = host.Status(3_000_000_000)[0];
        Assert.Equal((Third, Third, Third, AuditReason.None), Frequencies(last));
        Assert.Equal(2, last.DecidedS!.Value, 6);
        Assert.Equal((2UL, 1UL), (last.Calls[CallVerdict.Clamped], last.Calls[CallVerdict.Granted]));
    }

    [Fact]
    public void The_wish_of_another_is_the_reason_as_soon_as_it_comes_and_no_longer_than_it_stays()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 2), HostLab.Guest("c", 3)));
        host.ServiceFor("a", 0).Answer(0, s_min, 1_000);
        host.ServiceFor("b", 0).Answer(0, new FrequencyCall(FrequencyOp.SetPState, 1), 2_000);

        Assert.Equal((Slowest, Slowest, Second, AuditReason.SharedPcpu), Frequencies(host.Status(3_000)[0]));
        host.ServiceFor("c", 0).Answer(0, s_max, 4_000);
        Assert.Equal((Slowest, Slowest, Fastest, AuditReason.SiblingFaster), Frequencies(host.Status(5_000)[0]));
        host.Release("c", 6_000);
        host.Release("b", 7_000);
        Assert.Equal((Slowest, Slowest, Slowest, AuditReason.None), Frequencies(host.Status(8_000)[0]));
        Assert.Equal((null, null, Slowest, AuditReason.GuestGone), Frequencies(host.Status(8_000)[1]));
    }

    [Fact]
    public void A_refusal_is_the_reason_until_something_is_granted_and_the_older_wish_stays()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { CallsPerSecond = 1, Burst = 1 }));
        VcpuService a = host.ServiceFor("a", 0);
        a.Answer(0, s_min, 1_000);
        a.Answer(0, s_max, 2_000);

        Assert.Equal((Slowest, Slowest, Slowest, AuditReason.BudgetSpent), Frequencies(host.Status(3_000)[0]));
        lab.Backends[2].Fails = true;
        a.Answer(0, s_max, 5_000_000_000);
        Assert.Equal((Slowest, Slowest, Slowest, AuditReason.BackendFailed), Frequencies(host.Status(5_000_000_000)[0]));
        lab.Backends[2].Fails = false;
        a.Answer(0, s_max, 10_000_000_000);
        Assert.Equal((Fastest, Fastest, Fastest, AuditReason.None), Frequencies(host.Status(10_000_000_000)[0]));
    }

    [Fact]
    public void Of_a_vCPU_that_may_not_is_said_why_and_one_that_no_policy_names_is_not_shown()
    {
        HostLab lab = new();
        lab.Options = lab.Options with { IsPinned = (_, _, _) => false };
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Control = false }, HostLab.Guest("b", 4) with { Process = "7" }));

        Assert.Equal([AuditReason.NotGranted, AuditReason.NotPinned], host.Status(1_000).Select(status => status.Why));
        Assert.All(host.Status(1_000), status => Assert.False(status.Control));
        host.Update(HostLab.Policy(HostLab.Guest("b", 4)), 2_000);
        Assert.Equal("b", Assert.Single(host.Status(3_000)).Guest);
    }

    [Fact]
    public void Narrower_bounds_of_a_new_policy_are_the_reason_without_another_call()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2)));
        host.ServiceFor("a", 0).Answer(0, s_max, 1_000);
        host.Update(HostLab.Policy(HostLab.Guest("a", 2) with { Fastest = HostLab.Index(2) }), 2_000);

        Assert.Equal((Fastest, Third, Third, AuditReason.BoundFastest), Frequencies(host.Status(3_000)[0]));
        host.Update(HostLab.Policy(HostLab.Guest("a", 2) with { Control = false }), 4_000);
        host.Update(HostLab.Policy(HostLab.Guest("a", 2)), 5_000);
        Assert.Equal(AuditReason.PolicyChanged, host.Status(6_000)[0].Why);
    }

    [Fact]
    public void Energy_and_the_time_in_each_P_state_are_those_of_the_model()
    {
        PStateModel model = new("test", "test", 0, [new PStateEntry(2_000_000, 1, 8), new PStateEntry(1_000_000, 1, 3)], []);
        using HostFrequency host = OneGuestLab.Start(new SimulatedBackend(model, HostLab.TscHz, 0), OneGuestLab.Generous);
        VcpuService service = host.ServiceFor(OneGuest.Name, 0);
        service.Answer(0, s_min, 1_000_000_000);

        VcpuStatus status = host.Status(3_000_000_000)[0];
        Assert.Equal([1.0, 2.0], status.Energy!.ResidencySeconds);
        Assert.Equal((1 * model.PStates[0].Watts) + (2 * model.PStates[1].Watts), status.Energy.Joules, 9);
        Assert.Equal((1_000_000u, 2.0), (status.RealKhz!.Value, Math.Round(status.InStateS!.Value, 6)));
    }

    [Fact]
    public void A_core_that_hangs_is_seen_and_not_waited_for()
    {
        using TemporaryFolder leases = new();
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        CpufreqScaler scaler = CpufreqScaler.Open(
            new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = leases.Path }, new CpufreqTree(FakeCpufreq.Root, kernel));
        using ManualResetEventSlim asked = new(), free = new();
        using HostFrequency host = OneGuestLab.Start(new CpufreqBackend(scaler, HostLab.TscHz, 0), OneGuestLab.Generous);
        VcpuStatus before = host.Status(1)[0];
        kernel.WriteError = _ =>
        {
            asked.Set();
            free.Wait();
            return 0;
        };
        Thread call = new(() => host.ServiceFor(OneGuest.Name, 0).Answer(0, s_max, 1_000)) { IsBackground = true };
        call.Start();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Thread reload = new(() => host.Update(host.Policy with { }, 2_000)) { IsBackground = true };
        reload.Start();

        Assert.True(SpinWait.SpinUntil(() => host.Status(3_000)[0].Hangs, TimeSpan.FromSeconds(30)));
        Assert.True(call.IsAlive); // every look came back while it hung
        Assert.Equal(before.RealKhz, host.Status(3_000)[0].RealKhz);
        free.Set();
        Assert.True(call.Join(TimeSpan.FromSeconds(30)) && reload.Join(TimeSpan.FromSeconds(30)));
        Assert.False(host.Status(4_000)[0].Hangs);
    }

    private static (uint?, uint?, uint?, AuditReason) Frequencies(VcpuStatus status) => (status.WishedKhz, status.GrantedKhz, status.RealKhz, status.Why);
}
