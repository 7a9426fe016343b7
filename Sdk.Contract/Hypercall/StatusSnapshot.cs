namespace PollScale.Hypercall;

/// <summary>One consistent reading of the status page.</summary>
/// <param name="AbiVersion">ABI version of the host.</param>
/// <param name="PState">Granted P-state index.</param>
/// <param name="FrequencyKHz">Granted frequency in kHz.</param>
/// <param name="ChangedTsc">TSC at the last change.</param>
/// <param name="Changes">Number of changes.</param>
/// <param name="StretchQ16">Emulation stretch, Q16.16.</param>
internal readonly record struct StatusSnapshot(uint AbiVersion, uint PState, uint FrequencyKHz, ulong ChangedTsc, ulong Changes, uint StretchQ16);
