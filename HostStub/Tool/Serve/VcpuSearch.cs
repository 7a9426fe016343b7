using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Serve;

/// <summary>Finds vCPUs' threads, with what tells them from others of their number.</summary>
internal static class VcpuSearch
{
    /// <summary>As <see cref="FindVcpuThread"/>.</summary>
    public static VcpuThread? Find(int process, int vcpu, out string problem)
    {
        VcpuThreads threads = new();
        return threads.Find(process, vcpu, out problem) is int thread && threads.Began(process, thread, out problem) is ulong began ? new VcpuThread(process, thread, began) : null;
    }

    /// <summary>Whether a thread has not ended.</summary>
    public static bool IsThere(VcpuThread thread) => new VcpuThreads().Began(thread.Process, thread.Thread, out _) == thread.StartTicks;
}
