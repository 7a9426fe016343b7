namespace PollScale.Native;

/// <summary>Reads one CPUID leaf; tests put a table in its place.</summary>
/// <param name="leaf">EAX on entry.</param>
/// <param name="subleaf">ECX on entry.</param>
internal delegate CpuidLeaf CpuidReader(uint leaf, uint subleaf);
