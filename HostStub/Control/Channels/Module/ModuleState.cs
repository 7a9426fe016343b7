namespace PollScale.HostStub.Channels.Module;

/// <summary>A grant as the module has it.</summary>
/// <param name="IsLive">False once its process's address space has ended.</param>
/// <param name="Wish">P-state index last granted, -1 for none.</param>
/// <param name="LastCallNs">CLOCK_MONOTONIC of the last call, in ns; 0 before the first.</param>
/// <param name="Calls">Calls so far.</param>
internal readonly record struct ModuleState(bool IsLive, int Wish, ulong LastCallNs, ulong Calls);
