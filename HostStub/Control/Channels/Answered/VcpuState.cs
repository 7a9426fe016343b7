using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>What the program keeps of one vCPU, in memory that it shares with the daemon. The vCPU's thread alone writes it, but for <see cref="Standing"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VcpuState
{
    /// <summary>A <see cref="Answered.Standing"/>.</summary>
    public ulong Standing;

    /// <summary>Until when calls are paid, in ns of CLOCK_MONOTONIC.</summary>
    public ulong PaidUntil;

    /// <summary>When it last made a call that was looked at, in ns of CLOCK_MONOTONIC.</summary>
    public ulong LastCallNs;

    /// <summary>Sequence of the last request that was decided; 0 for none.</summary>
    public ulong Decided;

    /// <summary>Calls by <see cref="CallVerdict"/>.</summary>
    public Counts Calls;

    /// <summary>Calls of a thread that began at another time than the granted one: its number is another's now.</summary>
    public ulong Strangers;

    /// <summary>Calls for which nonce or request could not be read: the region is not mapped there, or not in memory.</summary>
    public ulong Unreadable;

    /// <summary>Calls that found another nonce: other memory lies there, or the guest wrote over it.</summary>
    public ulong OtherPages;

    /// <summary>Calls whose rcx was not the sequence of the request in the slot.</summary>
    public ulong WrongSlot;

    /// <summary>Calls for a request that was decided before.</summary>
    public ulong Repeated;

    /// <summary>Calls on another CPU than the granted one.</summary>
    public ulong WrongCpu;

    /// <summary>Calls that were decided, but whose answer could not be written.</summary>
    public ulong Unwritten;

    /// <summary>Records for which the ring had no room.</summary>
    public ulong Lost;

    private ulong _reserved0, _reserved1, _reserved2; // two vCPUs share no cache line

    /// <summary>Calls that were decided, whatever they were answered.</summary>
    public readonly ulong Answered
    {
        get
        {
            ulong sum = 0;
            foreach (ulong count in Calls)
            {
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>A count for each verdict of a call.</summary>
    [InlineArray(CallCounters.Results)]
    internal struct Counts
    {
        private ulong _first;
    }
}
