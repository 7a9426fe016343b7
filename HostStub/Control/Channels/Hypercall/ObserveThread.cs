namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Has the kernel record the hypercalls of a vCPU. It may wait for files, and is called on a thread of its own.</summary>
/// <param name="process">The VM's process.</param>
/// <param name="vcpu">The vCPU.</param>
/// <param name="problem">Why it cannot, with what to do.</param>
/// <returns>Null where it cannot.</returns>
internal delegate ObservedThread? ObserveThread(int process, int vcpu, out string problem);
