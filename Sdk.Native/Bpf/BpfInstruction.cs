namespace PollScale.Native;

/// <summary>One instruction of the BPF machine, 64 bits as the kernel's struct bpf_insn has them; <see cref="LoadMap"/> gives two.</summary>
/// <param name="Code">Class, operation and kind of operand, or size and mode.</param>
/// <param name="Registers">Destination in bits 0 to 3, source in bits 4 to 7.</param>
/// <param name="Offset">Of memory, in bytes; of a jump, in instructions from the next one.</param>
/// <param name="Immediate">A number; it is extended by its sign to 64 bits.</param>
internal readonly record struct BpfInstruction(byte Code, byte Registers, short Offset, int Immediate)
{
    /// <summary>Ends the program; R0 is its result.</summary>
    public static BpfInstruction Exit { get; } = new(LibC.BPF_JMP | LibC.BPF_EXIT, 0, 0, 0);

    /// <summary>destination = destination operation source.</summary>
    public static BpfInstruction Compute(BpfOperation operation, BpfRegister destination, BpfRegister source) =>
        new((byte)(LibC.BPF_ALU64 | LibC.BPF_X | (byte)operation), Pair(destination, source), 0, 0);

    /// <summary>destination = destination operation number.</summary>
    public static BpfInstruction Compute(BpfOperation operation, BpfRegister destination, int number) =>
        new((byte)(LibC.BPF_ALU64 | LibC.BPF_K | (byte)operation), Pair(destination, default), 0, number);

    /// <summary>destination = the low 32 bits of source.</summary>
    public static BpfInstruction MoveLow(BpfRegister destination, BpfRegister source) =>
        new(LibC.BPF_ALU | LibC.BPF_X | LibC.BPF_MOV, Pair(destination, source), 0, 0);

    /// <summary>destination = memory at source + offset.</summary>
    public static BpfInstruction Load(BpfSize size, BpfRegister destination, BpfRegister source, int offset) =>
        new((byte)(LibC.BPF_LDX | LibC.BPF_MEM | (byte)size), Pair(destination, source), checked((short)offset), 0);

    /// <summary>Memory at destination + offset = source.</summary>
    public static BpfInstruction Store(BpfSize size, BpfRegister destination, int offset, BpfRegister source) =>
        new((byte)(LibC.BPF_STX | LibC.BPF_MEM | (byte)size), Pair(destination, source), checked((short)offset), 0);

    /// <summary>Memory at destination + offset = number.</summary>
    public static BpfInstruction Store(BpfSize size, BpfRegister destination, int offset, int number) =>
        new((byte)(LibC.BPF_ST | LibC.BPF_MEM | (byte)size), Pair(destination, default), checked((short)offset), number);

    /// <summary>Goes on distance instructions behind the next one where left compares so with right.</summary>
    public static BpfInstruction Jump(BpfCondition condition, BpfRegister left, BpfRegister right, int distance) =>
        new((byte)(LibC.BPF_JMP | LibC.BPF_X | (byte)condition), Pair(left, right), checked((short)distance), 0);

    /// <summary>Goes on distance instructions behind the next one where left compares so with a number.</summary>
    public static BpfInstruction Jump(BpfCondition condition, BpfRegister left, int right, int distance) =>
        new((byte)(LibC.BPF_JMP | LibC.BPF_K | (byte)condition), Pair(left, default), checked((short)distance), right);

    /// <summary>R0 = helper(R1, ..).</summary>
    /// <param name="helper">BPF_FUNC_ number of <see cref="LibC"/>.</param>
    public static BpfInstruction Call(int helper) => new(LibC.BPF_JMP | LibC.BPF_CALL, 0, 0, helper);

    /// <summary>destination = a map, for a helper; the kernel replaces the descriptor when it loads the program.</summary>
    /// <param name="destination">The register.</param>
    /// <param name="descriptor">The map's.</param>
    public static (BpfInstruction First, BpfInstruction Second) LoadMap(BpfRegister destination, int descriptor) =>
        (new(LibC.BPF_LD | LibC.BPF_IMM | LibC.BPF_DW, Pair(destination, (BpfRegister)LibC.BPF_PSEUDO_MAP_FD), 0, descriptor), default);

    /// <summary>As the kernel takes it.</summary>
    public bpf_insn ToKernel() => new() { code = Code, Registers = Registers, off = Offset, imm = Immediate };

    private static byte Pair(BpfRegister destination, BpfRegister source) => (byte)((byte)destination | ((byte)source << 4));
}
