using System.Diagnostics;
using PollScale.Clock;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>CLOCK_MONOTONIC in ns, by which the kernel tells when something was, beside the TSC.</summary>
internal static class KernelClock
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Now, in ns.</summary>
    public static ulong NowNs => (ulong)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / (double)NsPerSecond));

    /// <summary>TSC at a moment of the past; now for one of the future.</summary>
    public static ulong ToTsc(ulong ns)
    {
        ulong now = NowNs, tsc = TscClock.Now, ago = now > ns ? TscClock.FromNanoseconds(now - ns) : 0;
        return tsc > ago ? tsc - ago : 0;
    }
}
