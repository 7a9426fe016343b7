using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>The vendor's hypercall instruction.</summary>
internal sealed class HypercallDoorbell : IDoorbell
{
    private readonly bool _vmmcall;

    public HypercallDoorbell(CpuidReader cpuid) => _vmmcall = UsesVmmcall(cpuid(0, 0));

    public string Name => "hypercall";

    public bool NeedsEncoding => false;

    public long Ring(FrequencyCall call) =>
        _vmmcall ? NativeCode.Vmmcall(call.Number, call.Argument) : NativeCode.Vmcall(call.Number, call.Argument);

    /// <summary>Tries Hello in a child process.</summary>
    public static ProbeResult Probe(CpuidReader cpuid)
    {
        FrequencyCall hello = new(FrequencyOp.Hello, HypercallAbi.Version);
        return UsesVmmcall(cpuid(0, 0))
            ? CrashSafeProbe.TryVmmcall(hello.Number, hello.Argument)
            : CrashSafeProbe.TryVmcall(hello.Number, hello.Argument);
    }

    public void Dispose()
    {
    }

    // AMD and Hygon have vmmcall, Intel and Zhaoxin vmcall: "Auth", "Hygo" in EBX of leaf 0.
    internal static bool UsesVmmcall(CpuidLeaf vendor) => vendor.Ebx is 0x6874_7541 or 0x6F67_7948;
}
