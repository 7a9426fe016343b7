using System.Runtime.InteropServices;

namespace PollScale.GuestProbe.Registers;

/// <summary>What the watched registers hold at one moment.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
// SAFETY: fixed buffers inside the size stated; it is used in place in the harness's block.
internal unsafe struct RegisterValues
{
    /// <summary>Registers of each kind.</summary>
    public const int Count = 16;

    /// <summary>Bytes of a vector register with AVX.</summary>
    public const int VectorBytes = 32;

    /// <summary>Offsets that machine code uses.</summary>
    public const int FlagsOffset = 128, MxcsrOffset = 136, VectorOffset = 160, Bytes = VectorOffset + (Count * VectorBytes);

    [FieldOffset(0)] public fixed ulong General[Count];
    [FieldOffset(FlagsOffset)] public ulong Flags;
    [FieldOffset(MxcsrOffset)] public uint Mxcsr;
    [FieldOffset(VectorOffset)] public fixed byte Vectors[Count * VectorBytes];
}
