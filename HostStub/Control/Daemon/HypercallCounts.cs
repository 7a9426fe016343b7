namespace PollScale.HostStub.Daemon;

/// <summary>What the hypercalls of a vCPU came to that are observed, or answered within their exit.</summary>
/// <param name="Served">Requests that they brought.</param>
/// <param name="WrongSlot">Dropped: rcx was not the number of the request in the vCPU's slot.</param>
/// <param name="WrongCpu">The vCPU ran on another pCPU than its own: changes were denied, or not answered within the exit.</param>
/// <param name="WrongThread">Dropped: of another thread.</param>
/// <param name="Lost">Records that the kernel had no room for; before Linux 6.0 as far as later records told.</param>
/// <param name="NoPage">Not answered: the page was not where it should be, or the guest had written over its header.</param>
internal readonly record struct HypercallCounts(ulong Served, ulong WrongSlot, ulong WrongCpu, ulong WrongThread, ulong Lost, ulong NoPage);
