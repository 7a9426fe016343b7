using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Tests.Daemon.Shards;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Region;

/// <summary>What a guest can do to the doorbell's owner by its slot and its rings.</summary>
// SAFETY: the slot lies in a page that is mapped until the end of the test.
public unsafe class RegionDoorbellTests
{
    [Fact]
    public void A_request_that_is_replaced_while_it_is_decided_is_answered_as_it_was()
    {
        using RegionMemory memory = new(1);
        using MappedRegion page = MappedRegion.Map(memory.Memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "page");
        ulong* request = (ulong*)(page.Address + RegionLayout.Slot(0) + RegionLayout.RequestField);
        uint* echo = (uint*)(page.Address + RegionLayout.Slot(0) + RegionLayout.EchoField);
        List<FrequencyCall> asked = [];
        SwappingService service = new(call =>
        {
            asked.Add(call);
            *request = Word(asked.Count + 1, asked.Count).Value;
        });
        RegionVcpuBinding binding = new(0, 0, 0, service, 0, () => null, () => { });
        memory.Describe(new RegionBinding { Guest = "", Path = "", Vcpus = [binding] });
        RegionDoorbell doorbell = new(new ServedVcpu(new RegionState("", ""), binding), memory, spins: false) { Recorder = new LatencyHistogram() };

        *request = Word(1, 0).Value;
        for (int look = 1; look <= 3; look++)
        {
            doorbell.Look(TscClock.Now);
            Assert.Equal((uint)look, *echo);
            Assert.Equal(look - 1, *(long*)(page.Address + RegionLayout.Slot(0) + RegionLayout.ResultField));
            Assert.Equal(new FrequencyCall(FrequencyOp.SetPState, look - 1), Assert.Single(asked, call => call.Argument == look - 1));
        }
    }

    [Fact]
    public void Who_rings_for_nothing_is_heard_ever_more_seldom_and_a_request_in_between_changes_nothing()
    {
        using RegionMemory memory = new(1);
        using MappedRegion page = MappedRegion.Map(memory.Memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "page");
        RegionVcpuBinding binding = new(0, 0, 0, new OrderedService(() => { }), 0, () => null, () => { });
        memory.Describe(new RegionBinding { Guest = "", Path = "", Vcpus = [binding] });
        RegionDoorbell doorbell = new(new ServedVcpu(new RegionState("", ""), binding), memory, spins: false) { Recorder = new LatencyHistogram() };
        int longest = 0;
        for (int pause = 1; pause <= 10; pause++)
        {
            *(ulong*)(page.Address + RegionLayout.Slot(0) + RegionLayout.RequestField) = Word(pause, 0).Value;
            for (int ring = 0; !doorbell.IsPaused; ring++)
            {
                Assert.True(ring < 100, "It is listened to for ever.");
                doorbell.Look(TscClock.Now);
            }

            int lasts = doorbell.Due.Wait(Deadline.Now);
            Assert.InRange(lasts, longest - 1, WatchPause.LongestMs);
            longest = Math.Max(longest, lasts);
            doorbell.Resume();
        }

        Assert.InRange(longest, WatchPause.LongestMs - 1, WatchPause.LongestMs);
    }

    private static RequestWord Word(int sequence, int pState) =>
        RequestWord.TryMake((uint)sequence, new FrequencyCall(FrequencyOp.SetPState, pState), posted: false, out RequestWord word) ? word : throw new InvalidOperationException("No such request.");

    private sealed class SwappingService(Action<FrequencyCall> swap) : OrderedService(() => { })
    {
        public override FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
        {
            swap(call);
            return new FrequencyReply(call.Argument);
        }
    }
}
