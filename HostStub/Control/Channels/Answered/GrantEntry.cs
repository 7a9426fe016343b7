using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Hypercall;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>A grant as the program reads it: the value of a map, whose key is <see cref="AnsweredGrant.Owner"/>. The daemon alone writes it, whole.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GrantEntry
{
    /// <summary>Nanoseconds of a clock tick, in which the kernel tells when a thread began.</summary>
    public const int TickNs = 10_000_000;

    private const double NsPerSecond = 1e9;

    /// <summary>When the thread began, as of <see cref="VcpuThread.StartTicks"/>.</summary>
    public ulong Began;

    /// <summary>As of <see cref="AnsweredGrant.Region"/>.</summary>
    public ulong Region;

    /// <summary>As of <see cref="AnsweredGrant.Nonce"/>.</summary>
    public ulong Nonce;

    /// <summary>The budget: ns that one call costs, and how far ahead of the clock calls may have been paid.</summary>
    public ulong NsPerCall, ToleranceNs;

    /// <summary>Bytes from the region's first to the vCPU's slot.</summary>
    public uint Slot;

    /// <summary>Which <see cref="VcpuState"/> is its own.</summary>
    public uint State;

    /// <summary>The CPU that it is pinned to.</summary>
    public uint Pcpu;

    /// <summary>What it may.</summary>
    public GrantFlags Flags;

    /// <summary>Number of P-states, and the fastest and the slowest that it may have.</summary>
    public uint PStates, Fastest, Slowest;

    /// <summary>Frequencies in kHz, fastest first; 0 behind the last.</summary>
    public KHzTable KHz;

    /// <summary>Compiles a grant.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="state">Index of its state.</param>
    /// <exception cref="ArgumentException">The nonce is 0, which any page of zeros has, or the vCPU is outside the region.</exception>
    public static GrantEntry Of(AnsweredGrant grant, int state)
    {
        ArgumentOutOfRangeException.ThrowIfZero(grant.Nonce);
        ArgumentOutOfRangeException.ThrowIfNegative(grant.Vcpu);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(grant.Vcpu, RegionLayout.MaxVcpus);
        CompiledPolicy policy = grant.Policy;
        RequestBudget budget = new(policy.CallsPerSecond, policy.Burst, NsPerSecond);
        GrantEntry entry = new()
        {
            Began = grant.Thread.StartTicks,
            Region = grant.Region,
            Nonce = grant.Nonce,
            NsPerCall = budget.TicksPerCall,
            ToleranceNs = budget.Tolerance,
            Slot = (uint)RegionLayout.Slot(grant.Vcpu),
            State = (uint)state,
            Pcpu = (uint)policy.Pcpu,
            Flags = (policy.Control ? GrantFlags.Control : 0) | (policy.Queries ? GrantFlags.Queries : 0) | (grant.Pinned ? GrantFlags.Pinned : 0),
            PStates = (uint)policy.Table.Count,
            Fastest = (uint)policy.Table.FastestAllowed,
            Slowest = (uint)policy.Table.SlowestAllowed,
        };
        policy.Table.KHz.CopyTo(entry.KHz);
        return entry;
    }

    /// <summary>Room for the most P-states.</summary>
    [InlineArray(HypercallAbi.MaxPStates)]
    internal struct KHzTable
    {
        private uint _first;
    }
}
