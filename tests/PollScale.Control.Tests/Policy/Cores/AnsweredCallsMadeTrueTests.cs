using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Cores;

/// <summary>What the kernel answered by a compiled policy is made true by the policy in force, whatever was answered.</summary>
public class AnsweredCallsMadeTrueTests
{
    private const ulong Second = (ulong)HostLab.TscHz;
    private static readonly FrequencyCall s_fastest = new(FrequencyOp.SetPState, 0);
    private readonly HostLab _lab = new();

    [Fact]
    public void A_step_is_not_taken_twice_and_what_was_granted_counts()
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        AnsweredCalls calls = new(host.ServiceFor("a", 0));
        Assert.Equal(CallVerdict.Granted, calls.MakeTrue(new FrequencyCall(FrequencyOp.Step, 1), Granted(2), Second).Result);
        Assert.Equal((2, 2, 2), (_lab.InForce(2), calls.Wish, calls.InForce));
        AuditRecord record = _lab.Audit.Records[^1];
        Assert.Equal((FrequencyOp.Step, 1L, CallVerdict.Granted, true, 2), (record.Call.Op, record.Call.Argument, record.Result, record.InKernel, record.PState));
    }

    [Fact]
    public void Bounds_that_came_meanwhile_hold_and_the_audit_says_what_came_of_it()
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        AnsweredCalls calls = new(host.ServiceFor("a", 0));
        host.Update(Policy(Guest() with { Fastest = HostLab.Index(2) }), Second);
        PolicyDecision made = calls.MakeTrue(s_fastest, Granted(0), 2 * Second);
        Assert.Equal((CallVerdict.Clamped, AuditReason.BoundFastest, 2), (made.Result, made.Reason, made.Target));
        Assert.Equal((2, AuditReason.BoundFastest), (_lab.InForce(2), _lab.Audit.Records[^1].Reason));
    }

    [Fact]
    public void A_vCPU_that_lost_its_control_or_its_pinning_changes_nothing()
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        VcpuService service = host.ServiceFor("a", 0);
        AnsweredCalls calls = new(service);
        service.SetPinned(false);
        Assert.Null(calls.Policy);
        Assert.Equal(AuditReason.NotPinned, calls.MakeTrue(s_fastest, Granted(0), Second).Reason);
        service.SetPinned(true);
        host.Update(Policy(Guest() with { Control = false }), Second);
        Assert.Equal(AuditReason.NotGranted, calls.MakeTrue(s_fastest, Granted(0), 2 * Second).Reason);
        Assert.Equal(4, _lab.InForce(2));
    }

    [Fact]
    public void What_cannot_be_set_is_on_record_as_that()
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        AnsweredCalls calls = new(host.ServiceFor("a", 0));
        _lab.Backends[2].Fails = true;
        Assert.Equal(CallVerdict.BackendFailed, calls.MakeTrue(s_fastest, Granted(0), Second).Result);
        Assert.Equal((CallVerdict.BackendFailed, true), (_lab.Audit.Records[^1].Result, _lab.Audit.Records[^1].InKernel));
        Assert.Equal(Seat.NoWish, calls.Wish);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(255)]
    public void A_refusal_is_counted_and_noted_and_a_number_that_is_no_call_too(int op)
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        VcpuService service = host.ServiceFor("a", 0);
        new AnsweredCalls(service).MakeTrue(new FrequencyCall((FrequencyOp)op), PolicyDecision.UnknownCall, Second);
        Assert.Equal((CallVerdict.UnknownCall, true), (_lab.Audit.Records[^1].Result, _lab.Audit.Records[^1].InKernel));
        Assert.Equal(4, _lab.InForce(2));
    }

    [Fact]
    public void Its_wish_lapses_and_a_call_of_any_kind_keeps_it()
    {
        using HostFrequency host = _lab.Start(Policy(Guest()));
        AnsweredCalls calls = new(host.ServiceFor("a", 0));
        calls.MakeTrue(s_fastest, Granted(0), Second);
        calls.Heard(3 * Second);
        host.Tick(5 * Second);
        Assert.Equal(0, _lab.InForce(2));
        host.Tick((5 * Second) + 1);
        Assert.Equal((4, AuditReason.Silent), (_lab.InForce(2), _lab.Audit.Records[^1].Reason));
    }

    private static HostPolicy Policy(GuestPolicy guest) => HostLab.Policy(guest) with { DefaultRest = HostLab.Index(4) };

    private static GuestPolicy Guest() => HostLab.Guest("a", 2) with { Hypercall = HypercallMode.Answered };

    private static PolicyDecision Granted(int pState) => new(CallVerdict.Granted, AuditReason.None, new FrequencyReply(pState), pState);
}
