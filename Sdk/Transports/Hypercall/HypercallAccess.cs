using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>The vendor's hypercall instruction as a ring, or what stands for it in a test.</summary>
/// <param name="Try">Executes it once where it can do no harm, with number 0 in rcx, which rings for nothing.</param>
/// <param name="Execute">Executes it for a request with a sequence; only where the trial was survived. What it gives says nothing.</param>
internal sealed record HypercallAccess(Func<ProbeResult> Try, Action<FrequencyCall, uint> Execute)
{
    /// <summary>This machine's.</summary>
    public static HypercallAccess Here { get; } = new(
        () => HypercallDoorbell.Probe(Cpuid.Read),
        Cpuid.Read(0, 0).IsAmd
            ? (call, sequence) => NativeCode.Vmmcall(call.Number, call.Argument, sequence)
            : (call, sequence) => NativeCode.Vmcall(call.Number, call.Argument, sequence));
}
