namespace PollScale.Native;

/// <summary>When a jump is taken, comparing 64 bits; values are the kernel's.</summary>
internal enum BpfCondition : byte
{
    /// <summary>Always; compares nothing.</summary>
    Always = LibC.BPF_JA,

    /// <summary>Equal.</summary>
    Equal = LibC.BPF_JEQ,

    /// <summary>Greater, without signs.</summary>
    Above = LibC.BPF_JGT,

    /// <summary>Greater or equal, without signs.</summary>
    AboveOrEqual = LibC.BPF_JGE,

    /// <summary>Not equal.</summary>
    NotEqual = LibC.BPF_JNE,

    /// <summary>Greater, with signs.</summary>
    Greater = LibC.BPF_JSGT,

    /// <summary>Less, without signs.</summary>
    Below = LibC.BPF_JLT,

    /// <summary>Less, with signs.</summary>
    Less = LibC.BPF_JSLT,
}
