using PollScale.HostStub.Audit;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

public class HostFrequencyTests
{
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max);

    [Fact]
    public void Two_vCPUs_on_one_pCPU_get_the_fastest_of_their_wishes_and_are_told()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 2)));
        VcpuService a = host.ServiceFor("a", 0), b = host.ServiceFor("b", 0);

        Assert.Equal(1, Set(a, 1));
        Assert.Equal(1, Set(b, 3));
        Assert.Equal(AuditReason.SharedPcpu, lab.Audit.Records[^1].Reason);
        Assert.Equal(3, Set(a, 4));
        Assert.Equal(3, lab.InForce(2));
        Assert.Equal((4, 3), (a.Wish, b.Wish));
    }

    [Fact]
    public void Siblings_run_at_the_fastest_of_their_wishes_on_every_pCPU_of_the_core()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 3)));

        Assert.Equal(2, Set(host.ServiceFor("a", 0), 2));
        Assert.Equal(2, Set(host.ServiceFor("b", 0), 4));
        Assert.Equal(AuditReason.SiblingFaster, lab.Audit.Records[^1].Reason);
        Assert.Equal((2, 2), (lab.InForce(2), lab.InForce(3)));
    }

    [Fact]
    public void A_step_counts_from_the_vCPUs_own_wish()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 2)));
        VcpuService a = host.ServiceFor("a", 0);
        Set(a, 4);
        Set(host.ServiceFor("b", 0), 0);

        Assert.Equal(0, a.Answer(0, new FrequencyCall(FrequencyOp.Step, 1), 0).Value);
        Assert.Equal(3, a.Wish);
    }

    [Fact]
    public void Without_wishes_a_pCPU_goes_to_its_rest()
    {
        HostLab lab = new();
        HostPolicy policy = HostLab.Policy(HostLab.Guest("a", 2)) with { Pcpus = [new PcpuPolicy(2, HostLab.Index(3))] };
        using HostFrequency host = lab.Start(policy);

        Assert.Equal(3, lab.InForce(2));
        Set(host.ServiceFor("a", 0), 0);
        host.Release("a", 5);
        Assert.Equal(3, lab.InForce(2));
        Assert.Equal(AuditReason.GuestGone, lab.Audit.Records[^1].Reason);
    }

    [Fact]
    public void The_rest_nobody_named_is_the_fastest_its_guests_may_have()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Fastest = HostLab.Index(1) }));

        Assert.Equal(1, lab.InForce(2));
    }

    [Fact]
    public void A_pCPU_of_a_guest_without_control_is_left_alone()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Control = false }));

        Assert.Equal(-1, host.ServiceFor("a", 0).Answer(0, s_max, 0).Value);
        host.Tick(1);
        Assert.Equal((4, 0), (lab.InForce(2), lab.Backends[2].Sets));
    }

    [Fact]
    public void Silence_withdraws_a_wish_and_any_call_ends_silence()
    {
        HostLab lab = new();
        GuestPolicy guest = HostLab.Guest("a", 2) with { Silence = TimeSpan.FromSeconds(5) };
        using HostFrequency host = lab.Start(HostLab.Policy(guest) with { DefaultRest = HostLab.Index(4) });
        VcpuService service = host.ServiceFor("a", 0);
        service.Answer(0, s_max, 1);
        service.Answer(0, new FrequencyCall(FrequencyOp.GetPState), 4_000_000_000);

        host.Tick(9_000_000_000);
        Assert.Equal(0, lab.InForce(2));
        host.Tick(9_000_000_001);
        Assert.Equal(4, lab.InForce(2));
        Assert.Equal(AuditReason.Silent, lab.Audit.Records[^1].Reason);
    }

    [Fact]
    public void A_vCPU_that_is_not_pinned_is_denied_and_loses_its_wish()
    {
        bool pinned = true;
        HostLab lab = new();
        lab = new HostLab { Options = lab.Options with { Open = pCpu => lab.Backends[pCpu] = new ScriptedBackend(HostLab.Table), IsPinned = (process, vcpu, pCpu) => pinned && (process, vcpu, pCpu) == ("77", 0, 2) } };
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Process = "77" }));
        VcpuService service = host.ServiceFor("a", 0);
        Assert.Equal(4, Set(service, 4));

        pinned = false;
        host.Tick(1_000_000_000);

        Assert.False(service.Granted);
        Assert.Null(service.Wish);
        Assert.Equal(FrequencyStatus.Denied, service.Answer(0, s_max, 0).Status);
        pinned = true;
        host.Tick(2_000_000_000);
        Assert.Equal(0, service.Answer(0, s_max, 0).Value);
    }

    [Fact]
    public void A_failure_on_a_sibling_takes_the_whole_core_back()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2, 3)));
        VcpuService service = host.ServiceFor("a", 0);
        Set(service, 3);
        lab.Backends[3].Fails = true;

        Assert.Equal(FrequencyStatus.BackendFailed, service.Answer(0, s_max, 0).Status);
        Assert.Equal((3, 3, 3), (lab.InForce(2), lab.InForce(3), service.Wish));
    }

    [Fact]
    public void What_could_not_be_withdrawn_is_tried_again()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2)) with { DefaultRest = HostLab.Index(4) });
        Set(host.ServiceFor("a", 0), 0);
        lab.Backends[2].Throws = true;
        host.Release("a", 0, 1);
        Assert.Equal(0, lab.InForce(2));

        lab.Backends[2].Throws = false;
        host.Tick(2);
        Assert.Equal(4, lab.InForce(2));
    }

    [Fact]
    public void New_bounds_hold_at_once_and_a_wish_within_them_stays()
    {
        HostLab lab = new();
        GuestPolicy guest = HostLab.Guest("a", 2);
        using HostFrequency host = lab.Start(HostLab.Policy(guest));
        VcpuService service = host.ServiceFor("a", 0);
        Set(service, 1);

        Assert.Empty(host.Update(HostLab.Policy(guest with { Slowest = HostLab.Index(3) }), 1));
        Assert.Equal((1, 1), (service.Wish, lab.InForce(2)));
        host.Update(HostLab.Policy(guest with { Fastest = HostLab.Index(2) }), 2);
        Assert.Equal((2, 2), (service.Wish, lab.InForce(2)));
        Assert.Equal((2, 4), (service.PStates.FastestAllowed, service.PStates.SlowestAllowed));
        Assert.Same(service, host.ServiceFor("a", 0));
    }

    [Fact]
    public void A_guest_that_a_new_policy_leaves_out_is_denied_and_its_pCPU_closed()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 4)));
        VcpuService service = host.ServiceFor("a", 0);
        Set(service, 1);
        host.Update(HostLab.Policy(HostLab.Guest("b", 4)), 1);

        Assert.True(lab.Backends[2].Disposed);
        Assert.False(lab.Backends[4].Disposed);
        Assert.Equal(FrequencyStatus.Denied, service.Answer(0, s_max, 2).Status);
        Assert.Equal(AuditReason.PolicyChanged, lab.Audit.Records[^2].Reason);
    }

    [Fact]
    public void A_vCPU_that_moves_takes_its_wish_along()
    {
        HostLab lab = new();
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2)));
        Set(host.ServiceFor("a", 0), 3);
        host.Update(HostLab.Policy(HostLab.Guest("a", 6)), 1);

        Assert.Equal(3, lab.InForce(6));
    }

    [Fact]
    public void A_policy_that_does_not_fit_changes_nothing_and_names_all_that_does_not()
    {
        HostLab lab = new();
        GuestPolicy guest = HostLab.Guest("a", 2);
        using HostFrequency host = lab.Start(HostLab.Policy(guest));
        Set(host.ServiceFor("a", 0), 3);
        PStateChoice tooSlow = new(PStateChoiceKind.Frequency, 900_000, new FilePosition(7, 14)), tooMany = new(PStateChoiceKind.Index, 5, new FilePosition(9, 3));
        PolicyException e = Assert.Throws<PolicyException>(() => host.Update(
            HostLab.Policy(guest with { Fastest = tooSlow }, HostLab.Guest("b", 6) with { Slowest = tooMany }) with { Origin = "p.yaml" }, 1));

        Assert.Equal(
            """
            p.yaml:7:14: guest a: pCPU 2 has no P-state for fastest: 900 MHz. It has P-states 0 (3000 MHz) to 4 (1000 MHz)
            p.yaml:9:3: guest b: pCPU 6 has no P-state for slowest: 5. It has P-states 0 (3000 MHz) to 4 (1000 MHz)
            """.ReplaceLineEndings("\n"), e.Message);
        Assert.Equal(3, lab.InForce(2));
        Assert.False(lab.Backends[2].Disposed);
        Assert.True(lab.Backends[6].Disposed);
    }

    [Theory]
    [InlineData(2_500_000u, 1, 1)]
    [InlineData(2_499_999u, 2, 1)]
    [InlineData(2_600_000u, 1, 0)]
    [InlineData(9_000_000u, 0, null)]
    [InlineData(999_999u, null, 4)]
    public void A_frequency_is_the_nearest_P_state_within_it(uint kHz, int? noFaster, int? noSlower)
    {
        PStateChoice choice = new(PStateChoiceKind.Frequency, kHz, default);

        Assert.Equal((noFaster, noSlower), (choice.NoFasterIn(HostLab.Table), choice.NoSlowerIn(HostLab.Table)));
    }

    [Fact]
    public void A_spent_budget_is_the_guests_and_stays_spent_over_a_reload()
    {
        HostLab lab = new();
        GuestPolicy guest = HostLab.Guest("a", 2, 4) with { CallsPerSecond = 1, Burst = 2 };
        using HostFrequency host = lab.Start(HostLab.Policy(guest));
        Set(host.ServiceFor("a", 0), 1);
        Set(host.ServiceFor("a", 1), 1);

        Assert.Equal(FrequencyStatus.Throttled, host.ServiceFor("a", 1).Answer(1, s_max, 0).Status);
        host.Update(HostLab.Policy(guest), 1);
        Assert.Equal(FrequencyStatus.Throttled, host.ServiceFor("a", 0).Answer(0, s_max, 1).Status);
        Assert.Equal(AuditReason.BudgetSpent, lab.Audit.Records[^1].Reason);
    }

    [Fact]
    public void A_flood_takes_little_room_in_the_audit_and_every_decision_is_counted()
    {
        HostLab lab = new();
        HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { CallsPerSecond = 1, Burst = 5 }));
        VcpuService service = host.ServiceFor("a", 0);
        for (int i = 0; i < 100_000; i++)
        {
            service.Answer(0, new FrequencyCall(FrequencyOp.SetPState, 4 - (i % 5)), (ulong)i * 10_000); // 1 s
        }

        host.Dispose();
        Assert.InRange(lab.Audit.Records.Count, 3, 30);
        Assert.Equal(100_000ul, lab.Audit.Records.Aggregate(0ul, (sum, record) => sum + record.Count));
        Assert.Equal(AuditReason.None, lab.Audit.Records[0].Reason);
        Assert.Equal(service.Counters.Snapshot()[CallVerdict.Throttled], lab.Audit.Records.Where(r => r.Reason == AuditReason.BudgetSpent).Aggregate(0ul, (sum, record) => sum + record.Count));
    }

    [Fact]
    public void An_unknown_call_costs_budget_and_is_recorded()
    {
        HostLab lab = new();
        HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { CallsPerSecond = 1, Burst = 1 }));
        VcpuService service = host.ServiceFor("a", 0);

        Assert.Equal(FrequencyStatus.UnknownCall, service.AnswerUnknown(0, 0).Status);
        Assert.Equal(FrequencyStatus.Throttled, service.AnswerUnknown(0, 0).Status);
        Assert.Equal(FrequencyStatus.Throttled, service.Answer(0, s_max, 0).Status);
        host.Dispose();
        Assert.Equal(
            [(CallVerdict.UnknownCall, AuditReason.NoSuchCall, 1ul), (CallVerdict.Throttled, AuditReason.BudgetSpent, 1ul), (CallVerdict.Throttled, AuditReason.BudgetSpent, 1ul)],
            lab.Audit.Records.Select(r => (r.Result, r.Reason, r.Count)));
    }

    [Fact]
    public void A_wish_lost_with_the_pinning_and_the_calls_refused_for_it_are_told_apart()
    {
        bool pinned = true;
        HostLab lab = new();
        lab = new HostLab { Options = lab.Options with { IsPinned = (_, _, _) => pinned, Audit = lab.Audit } };
        RecordingAudit audit = (RecordingAudit)lab.Options.Audit!;
        HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Process = "1" }));
        VcpuService service = host.ServiceFor("a", 0);
        Assert.False(service.Answer(0, s_max, 1).IsError);
        pinned = false;
        host.Tick((ulong)HostLab.TscHz + 2);
        Assert.Equal(FrequencyStatus.Denied, service.Answer(0, s_max, (ulong)HostLab.TscHz + 3).Status);
        Assert.Equal(FrequencyStatus.Denied, service.Answer(0, s_max, (ulong)HostLab.TscHz + 4).Status);
        pinned = true;
        host.Tick(((ulong)HostLab.TscHz * 2) + 5);
        Assert.False(service.Answer(0, s_max, ((ulong)HostLab.TscHz * 2) + 6).IsError);
        pinned = false;
        host.Tick(((ulong)HostLab.TscHz * 3) + 7);
        host.Dispose();

        Assert.Equal(2, audit.Records.Count(r => r is { Result: CallVerdict.Withdrawn, Reason: AuditReason.NotPinned, Count: 1 }));
        Assert.Equal(2ul, audit.Records.Where(r => r.Result == CallVerdict.Denied).Aggregate(0ul, (sum, r) => sum + r.Count));
    }

    [Fact]
    public void A_debt_under_a_slow_budget_does_not_outlast_it()
    {
        RequestBudget budget = new(1, 1000, HostLab.TscHz);
        while (budget.TryPay(0))
        {
        }

        RequestBudget next = budget.Resize(1000, 10, HostLab.TscHz, 0);
        Assert.False(next.TryPay(0));
        Assert.True(next.TryPay(1_000_000));
    }

    [Fact]
    public void Answers_allocate_nothing()
    {
        using TemporaryTree tree = new();
        using AuditLog audit = new(Path.Combine(tree.Root, "audit.jsonl"));
        HostLab lab = new();
        lab = new HostLab { Options = lab.Options with { Open = _ => new ScriptedBackend(HostLab.Table), Audit = audit } };
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 3)));
        VcpuService service = host.ServiceFor("a", 0);
        Set(service, 1);
        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                service.Answer(0, new FrequencyCall((FrequencyOp)(i % 9), i % 6), (ulong)i);
            }
        });
    }

    [Fact]
    public void Threads_and_reloads_at_once_lose_no_call_and_end_in_order()
    {
        HostLab lab = new();
        lab = new HostLab { Options = lab.Options with { Open = pCpu => { lock (lab.Backends) { return lab.Backends[pCpu] = new ScriptedBackend(HostLab.Table); } }, Audit = null } };
        GuestPolicy[] guests = [HostLab.Guest("a", 2), HostLab.Guest("b", 3), HostLab.Guest("c", 2)];
        using HostFrequency host = lab.Start(HostLab.Policy(guests));
        Thread[] vcpus = [.. guests.Select(guest => new Thread(() =>
        {
            VcpuService service = host.ServiceFor(guest.Name, 0);
            for (int i = 0; i < 20_000; i++)
            {
                service.Answer(0, new FrequencyCall(FrequencyOp.SetPState, i % 5), (ulong)i);
            }
        }))];
        Array.ForEach(vcpus, v => v.Start());
        for (int i = 0; i < 50; i++)
        {
            int fastest = i % 3;
            host.Update(HostLab.Policy([.. guests.Select(g => g with { Fastest = HostLab.Index(fastest), Vcpus = [g.Vcpus[0] with { Pcpu = g.Vcpus[0].Pcpu + (2 * (i % 2)) }] })]), (ulong)i);
        }

        Array.ForEach(vcpus, v => v.Join());
        host.Update(HostLab.Policy(guests), 60);

        Assert.All(guests, g => Assert.Equal(20_000ul, host.ServiceFor(g.Name, 0).Counters.Total));
        Assert.All(guests, g => Assert.Equal(4, host.ServiceFor(g.Name, 0).Wish)); // the last each asked for
        Assert.Equal(4, host.ServiceFor("a", 0).Answer(0, new FrequencyCall(FrequencyOp.GetPState), 0).Value);
    }

    private static long Set(VcpuService service, int index) => service.Answer(service.Vcpu, new FrequencyCall(FrequencyOp.SetPState, index), 0).Value;
}
