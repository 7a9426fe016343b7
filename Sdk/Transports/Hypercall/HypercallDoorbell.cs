using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>The vendor's hypercall instruction.</summary>
internal sealed class HypercallDoorbell : IDoorbell
{
    private readonly bool _vmmcall;

    public HypercallDoorbell(CpuidReader cpuid) => _vmmcall = cpuid(0, 0).IsAmd;

    public string Name => "hypercall";

    public bool NeedsEncoding => false;

    public long Ring(FrequencyCall call) =>
        _vmmcall ? NativeCode.Vmmcall(call.Number, call.Argument) : NativeCode.Vmcall(call.Number, call.Argument);

    /// <summary>Tries Hello in a child process.</summary>
    public static ProbeResult Probe(CpuidReader cpuid)
    {
        FrequencyCall hello = new(FrequencyOp.Hello, HypercallAbi.Version);
        return cpuid(0, 0).IsAmd
            ? CrashSafeProbe.TryVmmcall(hello.Number, hello.Argument)
            : CrashSafeProbe.TryVmcall(hello.Number, hello.Argument);
    }

    public void Dispose()
    {
    }
}
