using PollScale.Clock;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Cores;

/// <summary>A vCPU whose calls the host's kernel answers: it has one wish, the kernel's, and what ends the wish ends the grant.</summary>
public sealed class KernelGrantTests : IDisposable
{
    private const int Rest = 4;
    private readonly ScriptedBackend _backend = new(HostLab.Table, initial: Rest) { Emulated = false };
    private readonly RecordingAudit _audit = new();
    private readonly HostFrequency _host;
    private readonly VcpuService _service;
    private readonly FakeGrant _grant;
    private bool _pinned = true;

    public KernelGrantTests()
    {
        _host = new HostFrequency(Policy(), new HostFrequencyOptions { Open = _ => _backend, TscHz = TscClock.FrequencyKHz * 1000.0, Audit = _audit, IsPinned = (_, _, _) => _pinned }, TscClock.Now);
        _service = _host.ServiceFor("vm", 0);
        _grant = new FakeGrant(_service.Grantable!.Compiled!);
        Assert.True(_service.TryTakeGrant(_grant, TscClock.Now));
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Meanwhile_no_other_way_changes_anything_and_nothing_is_set_here()
    {
        int sets = _backend.Sets;
        Kernel(1);
        Tick();

        Assert.Equal(FrequencyStatus.Unsupported, Ask(FrequencyOp.SetPState, 3).Status);
        Assert.Equal(FrequencyStatus.Unsupported, _service.Lapsing.Answer(0, new FrequencyCall(FrequencyOp.Max), TscClock.Now).Status);
        Assert.Equal(AuditReason.AnsweredInKernel, _audit.Records[^1].Reason);
        Assert.Equal(1, Ask(FrequencyOp.GetPState).Value); // what the kernel told
        Assert.Equal((1, 1), (_service.Wish, _service.InForce));
        Tick();
        Assert.Equal((sets, true), (_backend.Sets, _backend.IsLent));

        // The kernel is ahead of what is known here: nothing older is set over it.
        _service.NoteKernelCall(new KernelCall(new FrequencyCall(FrequencyOp.SetPState, 2), CallVerdict.Granted, AuditReason.None, HostLab.Table[2], TscClock.Now));
        _host.Tick(TscClock.Now);
        Assert.Equal((sets, 2), (_backend.Sets, _backend.Requested));
    }

    [Fact]
    public void What_the_kernel_answered_is_counted_and_on_record_as_the_kernels()
    {
        Kernel(2);
        AuditRecord record = _audit.Records[^1];
        Assert.Equal((CallVerdict.Granted, 2, 2_000_000u, true), (record.Result, record.PState, record.KHz, record.InKernel));
        Assert.Equal(1ul, _service.Counters.Total);
        _service.NoteKernelCall(new KernelCall(new FrequencyCall(FrequencyOp.SetPState, 9), CallVerdict.Malformed, AuditReason.BadArgument, 0, TscClock.Now));
        Assert.Equal((CallVerdict.Malformed, -1), (_audit.Records[^1].Result, _audit.Records[^1].PState));
        Assert.Equal(2, _service.InForce);
    }

    [Fact]
    public void The_wish_of_before_stands_until_the_kernel_grants_one()
    {
        _service.EndKernelGrant(TscClock.Now);
        Assert.Equal(1, Ask(FrequencyOp.SetPState, 1).Value);
        FakeGrant next = new(_service.Grantable!.Compiled!);
        Assert.True(_service.TryTakeGrant(next, TscClock.Now));
        Tick();
        Assert.Equal((1, 1), (_service.Wish, _service.InForce));
    }

    [Fact]
    public void What_is_wished_is_in_force_when_the_kernel_gets_the_clock_again()
    {
        Kernel(1);
        Tick();
        _service.EndKernelGrant(TscClock.Now);
        _backend.Show(HostLab.Table[0], TscClock.Now); // beyond the bounds of another policy, say, which nobody has looked at yet
        Assert.True(_service.TryTakeGrant(new FakeGrant(_service.Grantable!.Compiled!), TscClock.Now));
        Assert.Equal((1, true), (_backend.Requested, _backend.IsLent));

        _service.EndKernelGrant(TscClock.Now);
        _backend.Show(HostLab.Table[0], TscClock.Now);
        _backend.Fails = true;
        Assert.False(_service.TryTakeGrant(new FakeGrant(_service.Grantable!.Compiled!), TscClock.Now));
        Assert.Equal((false, false), (_service.IsAnsweredInKernel, _backend.IsLent));
    }

    [Fact]
    public void When_the_VM_goes_the_grant_does_and_the_core_rests()
    {
        Kernel(0);
        Tick();
        bool lent = false;
        _grant.Ending = () => lent = _backend.IsLent;
        _service.Withdraw(AuditReason.GuestGone, TscClock.Now);
        Assert.Equal((1, true, false, Rest, (int?)null), (_grant.Ends, lent, _backend.IsLent, _backend.Requested, _service.Wish)); // the kernel's first, then ours
        Assert.Equal(AuditReason.GuestGone, _audit.Records[^1].Reason);
        Assert.True(_backend.Renewals > 0); // what shows is looked at before anything is decided on it
    }

    [Fact]
    public void A_grant_that_is_gone_is_taken_for_the_VMs_end()
    {
        Kernel(0);
        Tick();
        _grant.State = null;
        Tick();
        Assert.Equal((false, Rest), (_service.IsAnsweredInKernel, _backend.Requested));
        Assert.Equal(AuditReason.GuestGone, _audit.Records[^1].Reason);
    }

    [Fact]
    public void A_vCPU_that_is_pinned_no_more_has_none()
    {
        Kernel(0);
        Tick();
        _pinned = false;
        _host.CheckPins();
        Tick();
        Assert.Equal((1, Rest), (_grant.Ends, _backend.Requested));
        Assert.Null(_service.Grantable);
        Assert.Contains("pinned", _service.WhyNotGrantable, StringComparison.Ordinal);
        Assert.False(_service.TryTakeGrant(_grant, TscClock.Now));
    }

    [Fact]
    public void A_policy_that_says_the_same_keeps_it_and_another_ends_it_at_once()
    {
        Kernel(0);
        Tick();
        _host.Update(Policy(), TscClock.Now);
        Assert.Equal((0, true, 0), (_grant.Ends, _service.IsAnsweredInKernel, _backend.Requested));

        _host.Update(Policy(guest => guest with { Fastest = HostLab.Index(2) }), TscClock.Now);
        Assert.Equal((1, false), (_grant.Ends, _service.IsAnsweredInKernel));
        Assert.Equal((2, 2), (_service.Wish, _backend.Requested)); // the wish stays, within the new bounds
        Assert.False(_service.TryTakeGrant(new FakeGrant(_grant.Policy), TscClock.Now)); // of the policy before
    }

    [Fact]
    public void A_policy_without_it_ends_it()
    {
        _host.Update(Policy(guest => guest with { Hypercall = HypercallMode.None }), TscClock.Now);
        Assert.Equal((1, false), (_grant.Ends, _service.IsAnsweredInKernel));
        _host.Update(HostLab.Policy(), TscClock.Now);
        Assert.Contains("cannot be used", _service.WhyNotGrantable, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_the_daemon_ends_it_before_the_clock_is_given_back()
    {
        bool disposed = true;
        _grant.Ending = () => disposed = _backend.Disposed;
        _host.End();
        Assert.Equal((1, false, true), (_grant.Ends, disposed, _backend.Disposed));
    }

    [Fact]
    public void A_silent_vCPU_loses_its_wish_and_keeps_its_grant_unless_it_calls_meanwhile()
    {
        _host.Update(Policy(guest => guest with { Silence = TimeSpan.FromSeconds(1) }), TscClock.Now);
        Kernel(1);
        Tick();
        _grant.State = new KernelGrantState(1, 1000, SilentNs: 900_000_000, 1);
        Tick(seconds: 10);
        Assert.Empty(_grant.Rests);

        (_grant.State, _grant.IsBusy) = (new KernelGrantState(1, 1000, SilentNs: 1_100_000_000, 1), true);
        Tick(seconds: 10);
        Assert.Equal([1_000_000u], _grant.Rests);
        Assert.Equal(1, _service.Wish);

        _grant.IsBusy = false;
        Tick(seconds: 10);
        Assert.Equal((null, Rest, 0), (_service.Wish, _service.InForce, _grant.Ends));
        Assert.Equal((CallVerdict.Withdrawn, AuditReason.Silent), (_audit.Records[^1].Result, _audit.Records[^1].Reason));
        Tick(seconds: 20);
        Assert.Equal(2, _grant.Rests.Count);
    }

    [Fact]
    public void A_grant_whose_clock_went_is_ended_when_there_is_one_again()
    {
        _service.NoteKernelCall(new KernelCall(new FrequencyCall(FrequencyOp.Max), CallVerdict.Unsupported, AuditReason.BackendFailed, 0, TscClock.Now));
        _backend.IsLost = true;
        Tick();
        Assert.Equal(0, _grant.Ends);
        _backend.IsLost = false;
        Tick();
        Assert.Equal(1, _grant.Ends);
    }

    [Fact]
    public void A_clock_that_was_taken_and_is_back_has_the_wish_again_before_it_is_granted_anew()
    {
        Kernel(1);
        Tick();
        _backend.IsLost = true;
        Tick();
        _backend.Show(HostLab.Table[3], TscClock.Now); // what the other one left
        _backend.IsLost = false;
        _host.Tick(TscClock.Now);
        Assert.Equal((1, 1, false), (_grant.Ends, _backend.Requested, _backend.IsLent));
        Assert.True(_service.TryTakeGrant(new FakeGrant(_grant.Policy), TscClock.Now));
    }

    private static HostPolicy Policy(Func<GuestPolicy, GuestPolicy>? change = null)
    {
        GuestPolicy guest = HostLab.Guest("vm", 0) with { Hypercall = HypercallMode.Module, Process = "1" };
        return HostLab.Policy((change ?? (same => same))(guest)) with { DefaultRest = HostLab.Index(Rest) };
    }

    // The kernel grants a change, and tells of it.
    private void Kernel(int pState)
    {
        _grant.State = new KernelGrantState(pState, 1000, 0, 1);
        _service.NoteKernelCall(new KernelCall(new FrequencyCall(FrequencyOp.SetPState, pState), CallVerdict.Granted, AuditReason.None, HostLab.Table[pState], TscClock.Now));
    }

    private void Tick(int seconds = 0) => _service.Tick(TscClock.Now + (ulong)(seconds * TscClock.FrequencyKHz * 1000.0));

    private FrequencyReply Ask(FrequencyOp op, long argument = 0) => _service.Answer(0, new FrequencyCall(op, argument), TscClock.Now);
}
