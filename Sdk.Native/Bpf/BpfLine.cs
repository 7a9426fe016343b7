namespace PollScale.Native;

/// <summary>An instruction in its program.</summary>
/// <param name="Labels">Names of this place.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="Target">Label that it jumps to; null for no jump.</param>
/// <param name="Why">What it is for.</param>
internal sealed record BpfLine(IReadOnlyList<string> Labels, BpfInstruction Instruction, string? Target, string Why);
