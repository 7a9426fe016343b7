namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>A vCPU's thread.</summary>
/// <param name="Process">The VM's process.</param>
/// <param name="Thread">The thread's id.</param>
/// <param name="StartTicks">When it began, field 22 of its stat file: tells it from an earlier one of its number.</param>
internal readonly record struct VcpuThread(int Process, int Thread, ulong StartTicks);
