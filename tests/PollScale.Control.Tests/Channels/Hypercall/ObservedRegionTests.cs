using System.Collections.Concurrent;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Region;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

/// <summary>A region whose vCPUs' hypercalls are observed, from the record to the pCPU. Nobody rings the region's doorbell.</summary>
public class ObservedRegionTests
{
    private const int Tries = 5;
    private readonly ConcurrentDictionary<int, ScriptedRecords> _kernel = [];
    private volatile string? _refusal;

    [Fact]
    public void A_hypercall_is_served_and_the_guest_is_told_that_it_may_ring_so()
    {
        using RegionLab lab = new(vcpus: 2, observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        Assert.Equal(3, Ask(vm, vcpu: 1, cpu: 1, sequence: 1, pState: 3).Value);
        Assert.Equal((RegionLab.Rest, 3), (lab.Backends[0].Requested, lab.Backends[1].Requested));
        Assert.Equal(1, Ask(vm, vcpu: 0, cpu: 0, sequence: 1, pState: 1).Value);
        Assert.Equal((1, 3), (lab.Backends[0].Requested, lab.Backends[1].Requested));
        Served(lab, vm, vcpu: 0);
        Served(lab, vm, vcpu: 1);
        Assert.All(lab.Server.Vcpus, vcpu => Assert.Equal((0ul, 0ul, 0ul), (vcpu.Observed!.Value.WrongSlot, vcpu.Observed.Value.WrongCpu, vcpu.Observed.Value.WrongThread)));
    }

    /// <summary>A program of the guest on vCPU 1 rings with the number of what it wrote into vCPU 0's slot.</summary>
    [Fact]
    public void A_vCPU_cannot_ring_for_anothers_slot()
    {
        using RegionLab lab = new(vcpus: 2, observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        Assert.True(RequestWord.TryMake(500, new FrequencyCall(FrequencyOp.SetPState, 0), posted: true, out RequestWord word));
        vm.Write(0, word.Value);
        _kernel[1].Call(500, cpu: 1);
        ChannelLab.Until(() => Vcpu(lab, 1).WrongSlot == 1, "the call is not dropped");
        Assert.Equal((0ul, 0ul), (Vcpu(lab, 0).Served, Vcpu(lab, 1).Served));
        ChannelLab.Until(() => lab.Events.Any(line => line.Contains("vm0 vCPU 1", StringComparison.Ordinal) && line.Contains("wrong slot", StringComparison.Ordinal)), "it is not told");
    }

    [Fact]
    public void A_vCPU_on_another_pCPU_may_ask_and_changes_nothing()
    {
        using RegionLab lab = new(vcpus: 2, observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        FrequencyReply[] elsewhere = [.. Enumerable.Range(1, Tries).Select(sequence => Ask(vm, vcpu: 0, cpu: 1, (uint)sequence, pState: 0))];
        Assert.Contains(elsewhere, reply => reply.Status == FrequencyStatus.Denied);
        Assert.Contains(lab.Audit.Records, record => record.Reason == AuditReason.NotTheLcore && record.Result == CallVerdict.Denied);
        ChannelLab.Until(() => Vcpu(lab, 0).WrongCpu == Tries, "not all are counted");
        Assert.Equal(0ul, Vcpu(lab, 0).Served);
        ChannelLab.Until(() => lab.Events.Any(line => line.Contains("wrong CPU", StringComparison.Ordinal)), "it is not told");

        // Back where it belongs it has what it asks for.
        Assert.Equal(0, Ask(vm, vcpu: 0, cpu: 0, sequence: Tries + 1, pState: 0).Value);
        Served(lab, vm, vcpu: 0);
    }

    [Fact]
    public void The_doorbell_of_the_page_rings_beside_it()
    {
        using RegionLab lab = new(observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        Assert.Equal(2, vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 2)).Value);
        Assert.Equal(3, Ask(vm, vcpu: 0, cpu: 0, sequence: 1000, pState: 3).Value);
        Assert.Equal(4, vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 4)).Value);
        Served(lab, vm, vcpu: 0);
    }

    [Fact]
    public void Without_the_right_to_observe_the_doorbell_goes_on_and_the_reason_is_told()
    {
        _refusal = "perf_event_open failed: Permission denied.";
        using RegionLab lab = new(observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Assert.Equal(2, vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 2)).Value);
        ChannelLab.Until(() => lab.Server.Vcpus.Single().Problem == _refusal, "the report does not say so");
        Assert.Equal(0u, vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved);
        ChannelLab.Until(() => lab.Events.Any(line => line.Contains("not observed", StringComparison.Ordinal) && line.Contains(_refusal, StringComparison.Ordinal)), "it is not told");

        // and as soon as it may, it does
        _refusal = null;
        Observed(vm);
        ChannelLab.Until(() => lab.Server.Vcpus.Single().Problem is null, "the report still says so");
        Assert.Single(lab.Events, line => line.Contains("not observed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_thread_that_ends_and_a_VM_that_goes_are_followed()
    {
        using RegionLab lab = new(observe: Observe);
        using (IvshmemPeer vm = lab.Connect())
        {
            Observed(vm);
            ScriptedRecords first = _kernel[0];
            _refusal = "no such thread";
            first.End();
            ChannelLab.Until(() => first.IsDisposed, "the records of a thread that has ended are kept");
            ChannelLab.Until(() => (vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved) == 0, "the guest is not told");
            _refusal = null; // the vCPU is plugged in again, on another thread
            Observed(vm);
            Assert.NotSame(first, _kernel[0]);
            Assert.Equal(3, Ask(vm, vcpu: 0, cpu: 0, sequence: 1, pState: 3).Value);
        }

        ScriptedRecords second = _kernel[0];
        ChannelLab.Until(() => second.IsDisposed, "the records of a VM that has gone are kept");
        using IvshmemPeer next = lab.Connect();
        Observed(next);
        Assert.NotSame(second, _kernel[0]);
    }

    [Fact]
    public void Another_policy_ends_it_and_begins_it_for_the_running_VM()
    {
        using RegionLab lab = new(observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        ScriptedRecords first = _kernel[0];
        Assert.Empty(lab.Server.Update([lab.Binding with { Hypercalls = null }]));
        ChannelLab.Until(() => first.IsDisposed, "it is observed all the same");
        ChannelLab.Until(() => (vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved) == 0, "the guest is not told");
        Assert.Null(lab.Server.Vcpus.Single().Observed);
        Assert.Empty(lab.Server.Update([lab.Binding]));
        Observed(vm);
        Assert.Equal(3, Ask(vm, vcpu: 0, cpu: 0, sequence: 1, pState: 3).Value);
    }

    /// <summary>A slot is served by one thread at a time, so its hypercalls move with it.</summary>
    [Fact]
    public void Its_hypercalls_move_with_a_vCPU_to_another_shard()
    {
        using RegionLab lab = new(vcpus: 2, observe: Observe);
        using IvshmemPeer vm = lab.Connect();
        Observed(vm);
        for (int round = 0; round < 3; round++)
        {
            int shift = 1 + (round % 2);
            ScriptedRecords before = _kernel[0];
            Assert.Empty(lab.Server.Update([lab.Binding with { Vcpus = [.. lab.Binding.Vcpus.Select(vcpu => vcpu with { Shard = 1 + ((vcpu.Vcpu + shift) % 2) })] }]));
            ChannelLab.Until(() => _kernel[0] != before && before.IsDisposed && (vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved) != 0, "it is not observed on");
            Assert.Equal(round, Retry(vm, (uint)(10 * (round + 1)), round));
        }
    }

    [Fact]
    public void A_flood_of_calls_for_nothing_keeps_nobody_waiting()
    {
        using RegionLab lab = new(guests: 2, observe: Observe);
        using IvshmemPeer bad = lab.Connect(0);
        Observed(bad);
        ScriptedRecords flooded = _kernel[0];
        using IvshmemPeer good = lab.Connect(1);
        for (int i = 0; i < 50; i++)
        {
            for (int n = 0; n < 40; n++)
            {
                flooded.Call(0xdead0000, cpu: 0);
            }

            Assert.Equal(i % 5, good.Ask(0, new FrequencyCall(FrequencyOp.SetPState, i % 5)).Value);
            ChannelLab.Until(() => flooded.Memory.IsRead, "its records are not read");
        }

        Assert.Equal(2000ul, Vcpu(lab, 0).WrongSlot);
        Assert.InRange(lab.Events.Count(line => line.Contains("wrong slot", StringComparison.Ordinal)), 0, 2);
    }

    // A request that the shard's tick finds before its ring is served all the same, as one that nobody rang for.
    private void Served(RegionLab lab, IvshmemPeer vm, int vcpu)
    {
        uint sequence = 5000;
        ChannelLab.Until(() =>
        {
            Ask(vm, vcpu, cpu: vcpu, ++sequence, pState: 2);
            return Vcpu(lab, vcpu).Served > 0;
        }, "no request is counted as a hypercall's");
    }

    private static HypercallCounts Vcpu(RegionLab lab, int number) => lab.Server.Vcpus[number].Observed!.Value;

    private static void Observed(IvshmemPeer vm) =>
        ChannelLab.Until(() => (vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved) != 0, "hypercalls are not observed");

    // What moves meanwhile may lose a ring: a guest repeats its wish.
    private long Retry(IvshmemPeer vm, uint sequence, int pState)
    {
        for (int attempt = 0; attempt < 5; attempt++, sequence++)
        {
            if (TryAsk(vm, 0, 0, sequence, pState, TimeSpan.FromSeconds(1)) is FrequencyReply reply)
            {
                return reply.Value;
            }
        }

        return -1;
    }

    private FrequencyReply Ask(IvshmemPeer vm, int vcpu, int cpu, uint sequence, int pState) =>
        TryAsk(vm, vcpu, cpu, sequence, pState, ChannelLab.Patience) ?? throw new TimeoutException("The hypercall is not answered.");

    private FrequencyReply? TryAsk(IvshmemPeer vm, int vcpu, int cpu, uint sequence, int pState, TimeSpan patience)
    {
        Assert.True(RequestWord.TryMake(sequence, new FrequencyCall(FrequencyOp.SetPState, pState), posted: false, out RequestWord word));
        vm.Write(vcpu, word.Value);
        _kernel[vcpu].Call(sequence, cpu);
        return SpinWait.SpinUntil(() => vm.Echo(vcpu) == sequence, patience) ? vm.Result(vcpu) : null;
    }

    private ObservedThread? Observe(int process, int vcpu, out string problem)
    {
        problem = _refusal ?? "";
        return process != Environment.ProcessId ? throw new InvalidOperationException($"process {process} is not the VM's")
            : _refusal is null ? (_kernel[vcpu] = new ScriptedRecords()).Observed : null;
    }
}
