namespace PollScale.Native;

/// <summary>What an instruction does to its destination, over 64 bits; values are the kernel's.</summary>
internal enum BpfOperation : byte
{
    /// <summary>Adds.</summary>
    Add = LibC.BPF_ADD,

    /// <summary>Subtracts.</summary>
    Subtract = LibC.BPF_SUB,

    /// <summary>Divides, without signs.</summary>
    Divide = LibC.BPF_DIV,

    /// <summary>Bits of either.</summary>
    Or = LibC.BPF_OR,

    /// <summary>Bits of both.</summary>
    And = LibC.BPF_AND,

    /// <summary>Shifts left.</summary>
    ShiftLeft = LibC.BPF_LSH,

    /// <summary>Shifts right, filling with zeros.</summary>
    ShiftRight = LibC.BPF_RSH,

    /// <summary>Copies.</summary>
    Move = LibC.BPF_MOV,

    /// <summary>Shifts right, filling with the sign.</summary>
    ShiftRightSigned = LibC.BPF_ARSH,
}
