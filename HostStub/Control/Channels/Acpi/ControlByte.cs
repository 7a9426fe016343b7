using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>What a guest's kernel writes into its vCPU's debug port for a P-state, and where that port is. No ASCII text has such a byte.</summary>
internal static class ControlByte
{
    /// <summary>The byte of P-state 0; that of P-state n is n more.</summary>
    public const byte First = 0x80;

    /// <summary>P-states that a byte can name: all that a table holds.</summary>
    public const int MostPStates = HypercallAbi.MaxPStates;

    /// <summary>I/O port of vCPU 0, on QEMU's machines free; that of vCPU n is n more.</summary>
    public const int FirstPort = 0x5650;

    /// <summary>What a read of the port gives, QEMU's readback: no P-state.</summary>
    public const byte Readback = 0xE9;

    /// <summary>I/O port of a vCPU.</summary>
    /// <param name="vcpu">0 .. 1023.</param>
    public static int Port(int vcpu) => FirstPort + vcpu;

    /// <summary>The byte of a P-state.</summary>
    /// <param name="pState">Index in the table of the vCPU's core, 0 .. 63.</param>
    public static byte Of(int pState) => (byte)(First | pState);

    /// <summary>The P-state of a byte that is one's; else some other number.</summary>
    public static int PState(byte value) => value - First;
}
