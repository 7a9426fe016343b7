using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>A way by which the hypercalls of vCPUs reach the shards of their slots.</summary>
internal interface IHypercallSource
{
    /// <summary>Finds a vCPU's thread and has its hypercalls brought. It may wait for files, and is called on a thread of its own.</summary>
    /// <param name="process">The VM's process.</param>
    /// <param name="slot">What they are to ring.</param>
    /// <param name="problem">Why it cannot, with what to do.</param>
    /// <returns>Null where it cannot.</returns>
    IHypercallWatch? Watch(int process, IHypercallSlot slot, out string problem);

    /// <summary>Tells that a vCPU's hypercalls are brought from now on.</summary>
    void TellWatched(ILogger log, string guest, int vcpu, string endpoint, int thread);

    /// <summary>Tells that they are not, and why.</summary>
    void TellUnwatched(ILogger log, string guest, int vcpu, string endpoint, string problem);
}
