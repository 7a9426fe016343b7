using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Telemetry;

namespace PollScale.HostStub.Channels.Region;

/// <summary>Serves a slot of nobody's some times, so that no guest's first request waits for the compiler.</summary>
// SAFETY: the slot lies in a page that stays mapped until the end.
internal static unsafe class RegionWarmUp
{
    private const int Calls = 64; // more than it takes until the runtime compiles a method for good

    /// <param name="observes">Hypercalls too.</param>
    public static void Run(bool observes)
    {
        RegionVcpuBinding binding = new(0, 0, 0, new NoService(), 0, () => null, () => { });
        using RegionMemory memory = new(1);
        using MappedRegion page = MappedRegion.Map(memory.Memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "page");
        memory.Describe(new RegionBinding { Guest = "", Path = "", Vcpus = [binding] });
        RegionDoorbell doorbell = new(new ServedVcpu(new RegionState("", ""), binding), memory, spins: false) { Recorder = new LatencyHistogram() };
        uint sequence = 0;
        for (int call = 0; call < Calls; call++)
        {
            Store();
            doorbell.Look(0);
            doorbell.Tick(0);
            memory.Writer.Beat();
        }

        if (observes)
        {
            HypercallWarmUp.Run(doorbell, Store, Calls);
        }

        void Store()
        {
            RequestWord.TryMake(++sequence, new FrequencyCall(FrequencyOp.SetPState), posted: true, out RequestWord word);
            *(ulong*)(page.Address + RegionLayout.Slot(0)) = word.Value;
        }
    }
}
