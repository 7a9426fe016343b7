using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>What one vCPU's thread is answered within the exit: the policy for it, whose it is, and where its slot lies.</summary>
internal sealed record AnsweredGrant
{
    /// <summary>The vCPU's thread, numbered as in the host's first pid namespace.</summary>
    public required VcpuThread Thread { get; init; }

    /// <summary>What it may do.</summary>
    public required CompiledPolicy Policy { get; init; }

    /// <summary>Address in its process at which that has mapped the region.</summary>
    public required ulong Region { get; init; }

    /// <summary>The nonce in the region's header, which nothing else at that address has; never 0.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The vCPU, 0 .. 223: which slot is its own.</summary>
    public required int Vcpu { get; init; }

    /// <summary>Whether it is pinned to just its pCPU, as far as was seen.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>By what the kernel names the thread that passes a tracepoint: process in the upper half, thread in the lower.</summary>
    public ulong Owner => ((ulong)(uint)Thread.Process << 32) | (uint)Thread.Thread;
}
