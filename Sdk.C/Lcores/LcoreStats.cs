using System.Runtime.InteropServices;
using PollScale.Polling;

namespace PollScale.C.Lcores;

/// <summary>pollscale.h's struct pollscale_stats.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LcoreStats
{
    public ulong Polls, EmptyPolls, FullPolls, Received, Decisions, Calls, FailedCalls, ClockLeaps;
    public uint GrantedKHz;
    public int Granted, Requested, LastStatus;
    public ulong Waits, IdleNs;

    public static LcoreStats Of(LcoreScaler scaler, in PollCounters counters) => new()
    {
        Polls = counters.Polls,
        EmptyPolls = counters.EmptyPolls,
        FullPolls = counters.FullPolls,
        Received = counters.Received,
        Decisions = scaler.Decisions,
        Calls = scaler.Calls,
        FailedCalls = scaler.FailedCalls,
        ClockLeaps = scaler.ClockLeaps,
        GrantedKHz = scaler.Transport.PStates[scaler.LastGranted],
        Granted = scaler.LastGranted,
        Requested = scaler.LastRequested,
        LastStatus = (int)scaler.LastStatus,
        Waits = scaler.Waits,
        IdleNs = (ulong)scaler.Idled.TotalNanoseconds,
    };
}
