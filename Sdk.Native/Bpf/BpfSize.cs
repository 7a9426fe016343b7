namespace PollScale.Native;

/// <summary>How much a load or a store moves; values are the kernel's. A load fills the rest of its register with zeros.</summary>
internal enum BpfSize : byte
{
    /// <summary>Four bytes.</summary>
    Word = LibC.BPF_W,

    /// <summary>Eight bytes.</summary>
    Double = LibC.BPF_DW,
}
