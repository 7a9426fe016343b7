using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

namespace PollScale.GuestProbe.Registers;

/// <summary>Whether ringing a doorbell keeps the caller's registers: through the Sdk's trampoline, and by the bare instruction.</summary>
// SAFETY: addresses are given to the harness as numbers; the doorbell's page is mapped while it is read.
internal static unsafe class RegisterProbe
{
    private static readonly FrequencyCall s_hello = new(FrequencyOp.Hello, HypercallAbi.Version);

    private static ReadOnlySpan<byte> CallRax => [0xFF, 0xD0];

    private static ReadOnlySpan<byte> Vmcall => [0x0F, 0x01, 0xC1];

    private static ReadOnlySpan<byte> Vmmcall => [0x0F, 0x01, 0xD9];

    private static ReadOnlySpan<byte> InEaxDx => [0xED];

    private static ReadOnlySpan<byte> MovEaxRdi => [0x8B, 0x07];

    /// <summary>Prints a line for the trampoline and one for the instruction; nothing for a transport that rings no doorbell.</summary>
    /// <param name="doorbell">Name of the doorbell that is open.</param>
    /// <returns>False when a register changed.</returns>
    public static bool Run(string doorbell) => doorbell switch
    {
        "hypercall" => Hypercall(),
        "port" when CpuidDiscovery.Find() is HostInterface host => Port((ushort)(host.PortBase + s_hello.Slot)),
        "mmio" when CpuidDiscovery.Find() is HostInterface host => Mmio(host.DoorbellPage),
        _ => true,
    };

    private static bool Hypercall()
    {
        bool amd = Cpuid.Read(0, 0).IsAmd;
        (ulong number, ulong argument) = (s_hello.Number, (ulong)s_hello.Argument);
        bool kept = Trampoline("hypercall", amd ? NativeCode.VmmcallAddress : NativeCode.VmcallAddress, [(Register.Rdi, number), (Register.Rsi, argument)]);
        return Instruction("hypercall", amd ? Vmmcall : Vmcall, [(Register.Rax, number), (Register.Rdi, argument), (Register.Rbx, argument)]) && kept;
    }

    private static bool Port(ushort port)
    {
        const ulong Ignored = 0x5A5A_5A5A_5A5A_0000; // only dx names the port
        bool kept = Trampoline("port", NativeCode.PortReadAddress, [(Register.Rdi, port)]);
        return Instruction("port", InEaxDx, [(Register.Rdx, Ignored | port)]) && kept;
    }

    private static bool Mmio(ulong page)
    {
        using MappedRegion doorbell = MappedRegion.MapPath("/dev/mem", LibC.O_RDWR | LibC.O_SYNC, (long)page, HypercallAbi.MmioPageSize, LibC.PROT_READ);
        ulong slot = (ulong)(doorbell.Address + (s_hello.Slot * sizeof(uint)));
        bool kept = Trampoline("mmio", NativeCode.MmioReadAddress, [(Register.Rdi, slot)]);
        return Instruction("mmio", MovEaxRdi, [(Register.Rdi, slot)]) && kept;
    }

    private static bool Trampoline(string doorbell, void* function, ReadOnlySpan<(Register, ulong)> arguments) =>
        Report($"{doorbell} (trampoline)", CallRax, [(Register.Rax, (ulong)function), .. arguments], RegisterHarness.CalleeSaved);

    private static bool Instruction(string doorbell, ReadOnlySpan<byte> instruction, ReadOnlySpan<(Register, ulong)> inputs) =>
        Report($"{doorbell} (instruction)", instruction, inputs, RegisterHarness.AllButRax);

    private static bool Report(string what, ReadOnlySpan<byte> instruction, ReadOnlySpan<(Register, ulong)> inputs, IEnumerable<Register> mustKeep)
    {
        using RegisterHarness harness = new(instruction);
        List<Register> changed = harness.Changed(inputs, mustKeep);
        Output.Line($"registers {what}: {(changed.Count == 0 ? "kept" : $"CHANGED {string.Join(", ", changed.Select(RegisterHarness.Name))}")}");
        return changed.Count == 0;
    }
}
