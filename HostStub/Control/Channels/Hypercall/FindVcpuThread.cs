namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Finds a vCPU's thread. It may wait for files, and is called on a thread of its own.</summary>
/// <param name="process">The VM's process.</param>
/// <param name="vcpu">The vCPU.</param>
/// <param name="problem">Why it cannot be told, with what to do.</param>
/// <returns>Null where it is not there.</returns>
internal delegate VcpuThread? FindVcpuThread(int process, int vcpu, out string problem);
