using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Vm;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class DoorbellGuestTests(KvmLab lab)
{
    [Theory]
    [InlineData("port", 512)]
    [InlineData("mmio", 1024)]
    public void Every_slot_replies_what_the_service_replies(string doorbell, int slots)
    {
        FrequencyService twin = KvmLab.NewService(out _);
        List<uint> expected = [];
        for (uint slot = 0; slot < slots; slot++)
        {
            expected.Add((uint)(FrequencyCall.TryFromSlot(slot, out FrequencyCall call)
                ? twin.Answer(0, call, TscClock.Now).Value
                : (long)FrequencyStatus.UnknownCall));
        }

        FrequencyService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", [doorbell], service, backend.Attach);
        vm.Start();
        Assert.True(vm.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.Equal(expected, Numbers(vm.Outcome.Output).Select(n => (uint)n));
        Assert.Equal(doorbell == "port" ? (slots, 0) : (0, slots), ((int)vm.Doorbells.PortCalls, (int)vm.Doorbells.MmioCalls));
        Assert.Contains(unchecked((uint)FrequencyStatus.Invalid), expected);
    }

    [Fact]
    public void The_status_page_shows_the_guest_each_change()
    {
        FrequencyService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["status"], service, backend.Attach);
        vm.Start();
        while (!vm.Wait(TimeSpan.Zero))
        {
            backend.Poll(TscClock.Now);
        }

        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.Equal((ulong)service.PStates.Count, Numbers(vm.Outcome.Output).Single());
    }

    [Fact]
    public void The_guest_reads_the_leaves_of_the_ABI()
    {
        FrequencyService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["cpuid"], service, backend.Attach);
        vm.Start();
        Assert.True(vm.Wait(TimeSpan.FromSeconds(20)));
        uint[] words = [.. Numbers(vm.Outcome!.Output).Select(n => (uint)n)];
        Assert.Equal([HypercallAbi.SignatureEbx, HypercallAbi.SignatureEcx, HypercallAbi.SignatureEdx], words[1..4]);
        Assert.True(words[0] >= HypercallAbi.CpuidBase + HypercallAbi.CpuidTable);
        Assert.Equal([(uint)HypercallAbi.Version, HypercallAbi.PortBase, HypercallAbi.FlagControlGranted | HypercallAbi.FlagEmulated], [words[4], words[6], words[7]]);
        Assert.Equal([(uint)GuestLayout.DoorbellPage, 0u, (uint)GuestLayout.StatusPage, 0u], words[8..12]);
        Assert.Equal([(uint)service.PStates.Count, (uint)service.PStates.FastestAllowed, (uint)service.PStates.SlowestAllowed, service.PStates.TransitionLatencyNs], words[12..16]);
        uint[] kHz = [.. service.PStates.KHz, .. new uint[16]];
        Assert.Equal(kHz[..16], words[16..32]);
    }

    [Fact]
    public void No_thread_inherits_the_identity_of_the_lcore()
    {
        CallerRecorder callers = new(KvmLab.NewService(out _));
        using MicroVm vm = lab.Create("threads", ["lcore-gone"], callers);
        vm.Start();
        Assert.True(vm.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.Equal(5, callers.VCpus.Count);
        Assert.DoesNotContain(0, callers.VCpus);
    }

    [Fact]
    public void A_child_hears_hello_but_cannot_scale_the_lcore()
    {
        CallerRecorder callers = new(KvmLab.NewService(out _));
        using MicroVm vm = lab.Create("vfork", ["ring"], callers);
        vm.Start();
        Assert.True(vm.Wait(TimeSpan.FromSeconds(20)));
        Assert.True(vm.Outcome!.Cause == "The guest exited with status 0.", vm.Outcome.Cause + vm.Outcome.Output);
        Assert.Equal(2, callers.VCpus.Count);
        Assert.DoesNotContain(0, callers.VCpus);

        ulong replies = ulong.Parse(vm.Outcome.Output, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(HypercallAbi.Version, (int)(replies >> 48));
        Assert.True((int)replies < 0, $"SetPState answered {(int)replies}");
    }

    private sealed class CallerRecorder(FrequencyService inner) : IFrequencyService
    {
        public List<int> VCpus { get; } = [];

        public PStateTable PStates => inner.PStates;

        public bool Granted => inner.Granted;

        public bool Emulated => inner.Emulated;

        public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
        {
            VCpus.Add(vcpu);
            return inner.Answer(vcpu, call, tsc);
        }

        public FrequencyReply AnswerUnknown(int vcpu) => inner.AnswerUnknown(vcpu);
    }

    private static IEnumerable<ulong> Numbers(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => ulong.Parse(l, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
