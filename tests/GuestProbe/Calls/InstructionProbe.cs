using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Samples.QueueScaler;

namespace PollScale.GuestProbe.Calls;

/// <summary>Tries both vendors' hypercall instructions in a child process: which of them reaches a host here.</summary>
internal static class InstructionProbe
{
    /// <summary>Prints a line an instruction, and which one this CPU's vendor has.</summary>
    public static void Run()
    {
        FrequencyCall hello = new(FrequencyOp.Hello, HypercallAbi.Version);
        Output.Line($"instruction of this CPU: {(Cpuid.Read(0, 0).IsAmd ? "vmmcall" : "vmcall")}");
        Output.Line($"instruction vmcall: {CrashSafeProbe.TryVmcall(hello.Number, hello.Argument)}");
        Output.Line($"instruction vmmcall: {CrashSafeProbe.TryVmmcall(hello.Number, hello.Argument)}");
    }
}
