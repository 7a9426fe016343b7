using PollScale.HostStub.Guest.Signals;

namespace PollScale.HostStub.Exits;

/// <summary>Exceptions as signals, with the codes Linux gives them.</summary>
internal static class FaultSignals
{
    public const int DivideError = 0, Debug = 1, Breakpoint = 3, InvalidOpcode = 6, GeneralProtection = 13, PageFault = 14,
        FloatingPoint = 16, AlignmentCheck = 17, SimdFloatingPoint = 19;

    private static readonly string[] s_names =
    [
        "divide error (#DE)", "debug exception (#DB)", "NMI", "breakpoint (#BP)", "overflow (#OF)", "bound range exceeded (#BR)",
        "invalid opcode (#UD)", "device not available (#NM)", "double fault (#DF)", "coprocessor overrun", "invalid TSS (#TS)",
        "segment not present (#NP)", "stack fault (#SS)", "general protection fault (#GP)", "page fault (#PF)", "reserved exception",
        "x87 error (#MF)", "alignment check (#AC)", "machine check (#MC)", "SIMD error (#XM)", "virtualization exception (#VE)", "control protection (#CP)",
    ];

    /// <summary>The signal an exception raises.</summary>
    public static SignalInfo For(int vector, ulong errorCode, ulong faultAddress, ulong rip)
    {
        const ulong ProtectionViolation = 1;
        (int number, int code, ulong address) = vector switch
        {
            DivideError => (SignalInfo.SIGFPE, SignalInfo.FPE_INTDIV, rip),
            Debug or Breakpoint => (SignalInfo.SIGTRAP, SignalInfo.TRAP_BRKPT, rip),
            InvalidOpcode => (SignalInfo.SIGILL, SignalInfo.ILL_ILLOPN, rip),
            PageFault => (SignalInfo.SIGSEGV, (errorCode & ProtectionViolation) != 0 ? SignalInfo.SEGV_ACCERR : SignalInfo.SEGV_MAPERR, faultAddress),
            FloatingPoint or SimdFloatingPoint => (SignalInfo.SIGFPE, SignalInfo.FPE_FLTINV, rip),
            AlignmentCheck => (SignalInfo.SIGBUS, SignalInfo.BUS_ADRALN, 0UL),
            _ => (SignalInfo.SIGSEGV, SignalInfo.SI_KERNEL, 0UL),
        };
        return new SignalInfo(number, code, address, vector, errorCode);
    }

    /// <summary>Says what happened where.</summary>
    public static string Describe(int vector, ulong errorCode, ulong faultAddress, ulong rip)
    {
        string name = vector < s_names.Length ? s_names[vector] : $"exception {vector}";
        const ulong Write = 2, Fetch = 16;
        string access = (errorCode & Fetch) != 0 ? "executing" : (errorCode & Write) != 0 ? "writing" : "reading";
        return vector == PageFault ? $"{name} {access} 0x{faultAddress:x} at rip 0x{rip:x}" : $"{name} at rip 0x{rip:x}";
    }
}
