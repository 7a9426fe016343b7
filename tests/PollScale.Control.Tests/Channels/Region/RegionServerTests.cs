using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Region;

public class RegionServerTests
{
    [Fact]
    public void A_vm_is_shown_its_p_states_and_its_vcpus()
    {
        using RegionLab lab = new(vcpus: 3);
        using IvshmemPeer vm = lab.Connect();
        Assert.True(vm.Bytes[..12].SequenceEqual(RegionLayout.Magic));
        Assert.Equal(RegionLayout.Version, vm.Header(RegionLayout.VersionField));
        Assert.Equal((uint)(RegionFlags.ControlGranted), vm.Header(RegionLayout.FlagsField));
        Assert.Equal(3u, vm.Header(RegionLayout.VcpusField));
        Assert.Equal((uint)RegionMemory.HostPeer, vm.Header(RegionLayout.DoorbellPeerField));
        Assert.Equal([0u, 1, 2, uint.MaxValue], Enumerable.Range(0, 4).Select(vcpu => vm.Header(RegionLayout.ApicIdsField + (4 * vcpu))));
        Assert.Equal(ChannelLab.Table.KHz.ToArray(), Enumerable.Range(0, ChannelLab.Table.Count).Select(i => vm.Header(RegionLayout.KHzField + (4 * i))));
        Assert.NotEqual(0ul, vm.Nonce);
        ulong beat = vm.Heartbeat;
        ChannelLab.Until(() => vm.Heartbeat > beat + 2, "the heart does not beat");
    }

    [Fact]
    public void Each_vcpu_asks_for_its_own_pcpu()
    {
        using RegionLab lab = new(vcpus: 2);
        using IvshmemPeer vm = lab.Connect();
        Assert.Equal(FrequencyReply.Pack(HypercallAbi.Version, ChannelLab.Table.Count), vm.Ask(0, new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version)));
        Assert.Equal(new FrequencyReply(3), vm.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 3)));
        Assert.Equal(new FrequencyReply(1), vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 1)));
        Assert.Equal((1, 3), (lab.Backends[0].Requested, lab.Backends[1].Requested));
        Assert.Equal((3u, 1_500_000u), (vm.Status(1, StatusPageLayout.PState), vm.Status(1, StatusPageLayout.FrequencyKHz)));
        Assert.Equal(vm.Echo(1), vm.Status(1, RegionLayout.AppliedSequenceField));
    }

    [Fact]
    public void What_is_refused_or_only_asks_is_answered_and_changes_nothing()
    {
        using RegionLab lab = new();
        using IvshmemPeer vm = lab.Connect();
        Assert.Equal(new FrequencyReply(2), vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 2)));
        uint applied = vm.Echo(0);
        Assert.Equal(FrequencyStatus.Invalid, vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 6)).Status);
        Assert.Equal(FrequencyStatus.Invalid, vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, -1)).Status);
        Assert.Equal(FrequencyStatus.UnknownCall, vm.Ask(0, new FrequencyCall((FrequencyOp)8)).Status);
        Assert.Equal(FrequencyStatus.UnknownCall, vm.Ask(0, new FrequencyCall((FrequencyOp)255)).Status);
        Assert.Equal(new FrequencyReply(2), vm.Ask(0, new FrequencyCall(FrequencyOp.GetPState)));
        Assert.Equal((2, applied), (lab.Backends[0].Requested, vm.Status(0, RegionLayout.AppliedSequenceField)));
    }

    [Fact]
    public void The_newest_of_many_posts_is_what_holds()
    {
        using RegionLab lab = new();
        using IvshmemPeer vm = lab.Connect();
        for (int i = 0; i < 2000; i++)
        {
            vm.Post(0, new FrequencyCall(FrequencyOp.SetPState, i % 6));
        }

        uint last = vm.Post(0, new FrequencyCall(FrequencyOp.SetPState, 5));
        ChannelLab.Until(() => vm.Status(0, RegionLayout.AppliedSequenceField) == last && vm.Echo(0) == last, "the last post is not applied");
        Assert.Equal(5, lab.Backends[0].Requested);
        ChannelLab.Until(() => lab.Server.Vcpus[0].Counters.Requests + vm.Dropped(0) == last, "what was not served is not counted as dropped");
    }

    [Fact]
    public void A_vm_that_goes_takes_its_wishes_along_and_the_next_one_finds_another_page()
    {
        using RegionLab lab = new();
        ulong nonce;
        using (IvshmemPeer vm = lab.Connect())
        {
            vm.Ask(0, new FrequencyCall(FrequencyOp.Max));
            Assert.Equal(0, lab.Backends[0].Requested);
            nonce = vm.Nonce;
        }

        ChannelLab.Until(() => lab.Backends[0].Requested == RegionLab.Rest, "the pCPU does not go to its rest");
        using IvshmemPeer next = lab.Connect();
        Assert.NotEqual(nonce, next.Nonce);
        Assert.Equal(0u, next.Echo(0));
        Assert.Equal(new FrequencyReply(1), next.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 1)));
    }

    [Fact]
    public void A_second_process_is_refused_and_the_first_served_on()
    {
        using RegionLab lab = new();
        using IvshmemPeer vm = lab.Connect();
        using StreamDescriptor second = IvshmemPeer.Connect(lab.Binding.Path);
        Assert.Equal(0, ChannelLab.ReadEnd(second));
        Assert.Equal(new FrequencyReply(1), vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 1)));
        ChannelLab.Until(() => (lab.Server.Vcpus[0].Counters.Connects, lab.Server.Vcpus[0].Counters.RefusedPeers) == (1, 1), "the report does not count them");
        ChannelLab.Until(() => lab.Events.Any(what => what.Contains("second process", StringComparison.Ordinal)), "nobody is told");
    }

    [Fact]
    public void A_process_that_is_not_the_guests_is_refused_with_the_reason()
    {
        using RegionLab lab = new(refuse: process => process == Environment.ProcessId ? $"process {process} is not the one" : null);
        using StreamDescriptor stranger = IvshmemPeer.Connect(lab.Binding.Path);
        Assert.Equal(0, ChannelLab.ReadEnd(stranger));
        ChannelLab.Until(() => lab.Server.Vcpus[0].Problem is not null, "the report says nothing");
        Assert.Contains("is not the one", lab.Server.Vcpus[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_file_that_hangs_keeps_one_vm_out_and_no_other_heart_from_beating()
    {
        using ManualResetEventSlim hang = new();
        using RegionLab lab = new(refuse: _ =>
        {
            hang.Wait();
            return null;
        });
        using StreamDescriptor waiting = IvshmemPeer.Connect(lab.Binding.Path);
        Assert.Empty(lab.Server.Update([lab.Binding])); // the thread answers
        hang.Set();
    }

    [Fact]
    public void A_wish_lapses_when_nobody_repeats_it()
    {
        using RegionLab lab = new(policy: OneGuestLab.Generous with { Silence = TimeSpan.FromMilliseconds(300) });
        using IvshmemPeer vm = lab.Connect();
        vm.Ask(0, new FrequencyCall(FrequencyOp.Max));
        ChannelLab.Until(() => lab.Backends[0].Requested == RegionLab.Rest, "the wish does not lapse");
        ChannelLab.Until(() => vm.Status(0, StatusPageLayout.PState) == RegionLab.Rest, "the status does not tell");
        Assert.Contains(lab.Audit.Records, record => record.Reason == AuditReason.Silent);
    }

    [Fact]
    public void A_host_that_spins_needs_no_ring()
    {
        using RegionLab lab = new(polls: true);
        using IvshmemPeer vm = lab.Connect();
        Assert.Equal((uint)(RegionFlags.ControlGranted | RegionFlags.HostSpins), vm.Header(RegionLayout.FlagsField));
        Assert.True(RequestWord.TryMake(7, new FrequencyCall(FrequencyOp.SetPState, 2), posted: true, out RequestWord word));
        vm.Write(0, word.Value);
        ChannelLab.Until(() => vm.Echo(0) == 7, "nobody looks");
        Assert.Equal(2, lab.Backends[0].Requested);
    }

    [Fact]
    public void A_budget_spent_is_said_and_the_newest_request_is_served_when_it_is_refilled()
    {
        using RegionLab lab = new(policy: OneGuestLab.Generous with { CallsPerSecond = 50, Burst = 5 });
        using IvshmemPeer vm = lab.Connect();
        int throttled = 0;
        for (int i = 0; i < 20; i++)
        {
            throttled += vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, i % 6)).Status == FrequencyStatus.Throttled ? 1 : 0;
        }

        Assert.InRange(throttled, 1, 19);
        ChannelLab.Until(() => vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 5)).Status == FrequencyStatus.Granted, "the budget is never refilled");
        Assert.Equal(5, lab.Backends[0].Requested);
    }

    [Fact]
    public void A_policy_without_the_guest_turns_its_vm_out()
    {
        using RegionLab lab = new();
        using IvshmemPeer vm = lab.Connect();
        vm.Ask(0, new FrequencyCall(FrequencyOp.Max));
        Assert.Empty(lab.Server.Update([]));
        Assert.Equal(0, ChannelLab.ReadEnd(vm.Socket));
        ChannelLab.Until(() => lab.Backends[0].Requested == RegionLab.Rest, "the wish stays");
        Assert.False(File.Exists(lab.Binding.Path));
        Assert.Empty(lab.Server.Vcpus);
    }

    [Fact]
    public void Doorbells_follow_their_cores_to_other_shards()
    {
        using RegionLab lab = new(vcpus: 2);
        using IvshmemPeer vm = lab.Connect();
        for (int round = 0; round < 6; round++)
        {
            RegionBinding moved = lab.Binding with { Vcpus = [.. lab.Binding.Vcpus.Select(vcpu => vcpu with { Shard = (vcpu.Shard + round) % 3 })] };
            Assert.Empty(lab.Server.Update([moved]));
            Assert.Equal(new FrequencyReply(round), vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, round)));
            Assert.Equal(new FrequencyReply(5 - round), vm.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 5 - round)));
        }
    }
}
