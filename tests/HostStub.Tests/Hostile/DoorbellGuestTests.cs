using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Vm;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class DoorbellGuestTests(KvmLab lab)
{
    /// <summary>SetPState calls of the guest's "throttle".</summary>
    private const ulong FloodCalls = 2000;

    [Theory]
    [InlineData("port", 512)]
    [InlineData("mmio", 1024)]
    public void Every_slot_replies_what_the_service_replies(string doorbell, int slots)
    {
        VcpuService twin = KvmLab.NewService(out _);
        List<uint> expected = [];
        for (uint slot = 0; slot < slots; slot++)
        {
            expected.Add((uint)(FrequencyCall.TryFromSlot(slot, out FrequencyCall call)
                ? twin.Answer(0, call, TscClock.Now).Value
                : (long)FrequencyStatus.UnknownCall));
        }

        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", [doorbell], service, backend.Attach);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.Equal(expected, Numbers(vm.Outcome.Output).Select(n => (uint)n));
        Assert.Equal(doorbell == "port" ? (slots, 0) : (0, slots), ((int)vm.Doorbells.PortCalls, (int)vm.Doorbells.MmioCalls));
        Assert.Contains(unchecked((uint)FrequencyStatus.Invalid), expected);
    }

    [Fact]
    public void Every_hypercall_replies_what_the_service_replies()
    {
        lab.SkipUnlessOffered("hypercall");
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["hypercall"], service, backend.Attach, doorbell: DoorbellChoice.Hypercall);
        ulong[][] calls = [.. Run(vm).Chunk(3)];
        VcpuService twin = KvmLab.NewService(out _);
        foreach (ulong[] call in calls)
        {
            long expected = FrequencyCall.TryFromNumber(call[0], (long)call[1], out FrequencyCall known)
                ? twin.Answer(0, known, TscClock.Now).Value
                : (long)FrequencyStatus.UnknownCall;
            Assert.True(expected == (long)call[2], $"number 0x{call[0]:x}, argument 0x{call[1]:x}: {(long)call[2]} instead of {expected}");
        }

        const ulong Base = HypercallAbi.NumberBase;
        foreach (ulong op in Enumerable.Range(0, HypercallAbi.OpCount).Select(op => (ulong)op))
        {
            Assert.Superset(new HashSet<ulong>([0, 63, 64, 1ul << 62, ulong.MaxValue, 1ul << 63, long.MaxValue]), calls.Where(c => c[0] == Base + op).Select(c => c[1]).ToHashSet());
        }

        ulong[] unknown = [.. calls.Where(c => c[2] == unchecked((ulong)FrequencyStatus.UnknownCall)).Select(c => c[0])];
        Assert.Superset(new HashSet<ulong>([Base - 1, Base + 8, Base + 0xFFFF, 0, 1, 5, 12, 32, ulong.MaxValue, Base | 1ul << 32, Base | 1ul << 31]), unknown.ToHashSet());
        Assert.Equal((calls.Length, calls.Length, 0, 0), ((int)vm.Doorbells.HypercallCalls, (int)vm.Doorbells.HypercallCallsFromUser, (int)vm.Doorbells.PortCalls, (int)vm.Doorbells.MmioCalls));
    }

    [Fact]
    public void A_hypercall_of_32_bit_code_is_unknown()
    {
        lab.SkipUnlessOffered("hypercall");
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["hypercall-compat"], service, backend.Attach, doorbell: DoorbellChoice.Hypercall);
        Assert.Equal((long)FrequencyStatus.UnknownCall, (long)Run(vm).Single());
        Assert.Equal((1L, 0), (vm.Doorbells.HypercallCallsFromUser, backend.Requested));
    }

    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_call_changes_no_register_but_rax(string doorbell)
    {
        const int Rounds = 2;
        lab.SkipUnlessOffered(doorbell);
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["registers", doorbell], service, backend.Attach, doorbell: Choice(doorbell));
        Assert.Equal(0ul, Run(vm).Single());
        Assert.Equal((ulong)Rounds, service.Counters.Snapshot()[FrequencyOp.Hello, CallVerdict.Granted]);
        Assert.Equal(Rounds, Calls(vm, doorbell));
    }

    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_guest_that_calls_too_often_is_throttled_and_its_state_stays_the_one_last_granted(string doorbell)
    {
        const int CallsPerSecond = 10, Burst = 21;
        lab.SkipUnlessOffered(doorbell);
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend, OneGuest.Guest with { CallsPerSecond = CallsPerSecond, Burst = Burst }, initial: 3);
        using MicroVm vm = lab.Create("doorbell", ["throttle", doorbell], service, backend.Attach, doorbell: Choice(doorbell));
        ulong start = TscClock.Now;
        ulong[] counts = Run(vm);
        double seconds = TscClock.ToNanoseconds(TscClock.Now - start) / 1e9;
        (ulong granted, ulong throttled) = (counts[0], counts[1]);
        Assert.Equal([FloodCalls, 0ul, 0ul], [granted + throttled, counts[2], counts[3]]);
        Assert.InRange(granted, Burst - 1ul, (ulong)(Burst + (seconds * CallsPerSecond)));
        Assert.Equal([(ulong)backend.Requested, (ulong)backend.Requested], counts[4..]);
        CallCounts seen = service.Counters.Snapshot();
        Assert.Equal(granted, seen[FrequencyOp.SetPState, CallVerdict.Granted] + seen[FrequencyOp.SetPState, CallVerdict.Unchanged]);
        Assert.Equal(throttled, seen[FrequencyOp.SetPState, CallVerdict.Throttled]);
    }

    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_guest_without_a_grant_is_denied_and_changes_nothing(string doorbell)
    {
        const int Initial = 3;
        lab.SkipUnlessOffered(doorbell);
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend, OneGuestLab.Generous with { Control = false }, Initial);
        using MicroVm vm = lab.Create("doorbell", ["throttle", doorbell], service, backend.Attach, doorbell: Choice(doorbell));
        Assert.Equal([0, 0, FloodCalls, 0, Initial, Initial], Run(vm));
        Assert.Equal((Initial, Initial), (backend.Requested, backend.Effective));
        Assert.Equal(FloodCalls, service.Counters.Snapshot()[FrequencyOp.SetPState, CallVerdict.Denied]);
    }

    [Fact]
    public void The_status_page_shows_the_guest_each_change()
    {
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", ["status"], service, backend.Attach);
        vm.Start();
        while (!vm.Wait(TimeSpan.Zero))
        {
            backend.Poll(TscClock.Now);
        }

        Assert.Equal("The guest exited with status 0.", vm.Outcome!.Cause);
        Assert.Equal((ulong)service.PStates.Count, Numbers(vm.Outcome.Output).Single());
    }

    [Theory]
    [InlineData("cpuid")]
    [InlineData("handed-leaves")]
    public void The_guest_reads_the_leaves_of_the_ABI(string way)
    {
        VcpuService service = KvmLab.NewService(out SimulatedBackend backend);
        using MicroVm vm = lab.Create("doorbell", [way], service, backend.Attach);
        uint[] words = [.. Run(vm).Select(n => (uint)n)];
        Assert.SkipWhen(way == "cpuid" && TestMachine.IsNested && words.All(word => word == 0), "A software-nested host without CPUID faulting shows its guests the machine's own CPUID.");
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
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
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

    private sealed class CallerRecorder(VcpuService inner) : IFrequencyService
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

        public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => inner.AnswerUnknown(vcpu, tsc);

        public int InForce => inner.InForce;
    }

    private static DoorbellChoice Choice(string doorbell) => Enum.Parse<DoorbellChoice>(doorbell, ignoreCase: true);

    private static long Calls(MicroVm vm, string doorbell) => doorbell switch
    {
        "hypercall" => vm.Doorbells.HypercallCallsFromUser,
        "port" => vm.Doorbells.PortCalls,
        _ => vm.Doorbells.MmioCalls,
    };

    /// <summary>Runs a guest to its good end.</summary>
    private static ulong[] Run(MicroVm vm)
    {
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        Assert.True(vm.Outcome!.Cause == "The guest exited with status 0.", $"{vm.Outcome.Cause}\n{vm.Outcome.Output}\n{vm.Outcome.Report}");
        return [.. Numbers(vm.Outcome.Output)];
    }

    private static IEnumerable<ulong> Numbers(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => ulong.Parse(l, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
