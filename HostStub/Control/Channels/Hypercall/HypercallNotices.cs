using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Tells what was dropped of one vCPU's hypercalls: at once, and then at most every <see cref="SpacingMs"/> with the number since.</summary>
/// <param name="log">Takes it.</param>
/// <param name="guest">Name of the guest.</param>
/// <param name="endpoint">Its page, as the report names it.</param>
/// <param name="vcpu">The vCPU.</param>
/// <param name="counters">Counts what happens; what was before is not told.</param>
internal sealed class HypercallNotices(ILogger log, string guest, string endpoint, int vcpu, HypercallCounters counters)
{
    /// <summary>Between two notices for one reason, in ms.</summary>
    public const long SpacingMs = 10_000;

    private Kind _slot = new(counters.WrongSlot), _cpu = new(counters.WrongCpu), _thread = new(counters.WrongThread), _page = new(counters.NoPage);

    /// <summary>Looks.</summary>
    /// <param name="now">As <see cref="Deadline.Now"/>.</param>
    public void Tick(long now)
    {
        Tell(ref _slot, counters.WrongSlot, now, "wrong slot: rcx was not the number of the request in the vCPU's slot");
        Tell(ref _cpu, counters.WrongCpu, now, "wrong CPU: the vCPU ran on another pCPU than its own, so changes were denied; pin it (virsh vcpupin, taskset)");
        Tell(ref _thread, counters.WrongThread, now, "wrong thread: the kernel named another thread than the vCPU's");
        Tell(ref _page, counters.NoPage, now, "no page: it was not where the VM had mapped it, or the guest had written over its header");
    }

    private void Tell(ref Kind kind, ulong count, long now, string reason)
    {
        if (count != kind.Told && (kind.Next == Deadline.Never || kind.Next.IsDue(now)))
        {
            HypercallLog.HypercallsDropped(log, guest, vcpu, endpoint, count - kind.Told, reason);
            kind = new Kind(count) { Next = Deadline.After(now, SpacingMs) };
        }
    }

    private struct Kind(ulong told)
    {
        public readonly ulong Told = told;
        public Deadline Next = Deadline.Never;
    }
}
