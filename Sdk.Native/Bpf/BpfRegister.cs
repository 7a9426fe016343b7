namespace PollScale.Native;

/// <summary>A register of the BPF machine. A call takes its arguments in R1 to R5, which it spoils, and gives its result in R0; R6 to R9 are kept.</summary>
internal enum BpfRegister : byte
{
    /// <summary>Results, of calls and of the program.</summary>
    R0,

    /// <summary>First argument; at the beginning the program's context.</summary>
    R1,

    /// <summary>Second argument.</summary>
    R2,

    /// <summary>Third argument.</summary>
    R3,

    /// <summary>Fourth argument.</summary>
    R4,

    /// <summary>Fifth argument.</summary>
    R5,

    /// <summary>Kept over calls.</summary>
    R6,

    /// <summary>Kept over calls.</summary>
    R7,

    /// <summary>Kept over calls.</summary>
    R8,

    /// <summary>Kept over calls.</summary>
    R9,

    /// <summary>End of the stack's 512 bytes, which lie below it; cannot be written.</summary>
    Stack,
}
