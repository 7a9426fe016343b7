namespace PollScale.HostStub.Daemon;

/// <summary>What the observed hypercalls of a vCPU came to.</summary>
/// <param name="Served">Requests that they brought.</param>
/// <param name="WrongSlot">Dropped: rcx was not the number of the request in the vCPU's slot.</param>
/// <param name="WrongCpu">The vCPU ran on another pCPU than its own: changes were denied.</param>
/// <param name="WrongThread">Dropped: of another thread.</param>
/// <param name="Lost">Records that the kernel had no room for, as far as it told.</param>
internal readonly record struct HypercallCounts(ulong Served, ulong WrongSlot, ulong WrongCpu, ulong WrongThread, ulong Lost);
