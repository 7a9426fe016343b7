using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif.Control;

namespace PollScale.HostStub.Peer;

/// <summary>A run against a memif peer, as the command line describes it.</summary>
internal sealed record PeerOptions
{
    /// <summary>Longest wait for the first link, unless a test asks for less. Help and docs/memif.md tell it, and the two below.</summary>
    public static readonly TimeSpan UsualPeerLimit = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait, after the last frame, for those that are still on their way.</summary>
    public static readonly TimeSpan UsualDrainLimit = TimeSpan.FromSeconds(2);

    /// <summary>From the link to the first frame: a peer's two directions do not come up at once, and DPDK drops what it forwards meanwhile.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(400);

    /// <summary>The socket and the interface on it.</summary>
    public required MemifSpec Memif { get; init; }

    /// <summary>Traffic profile, checked.</summary>
    public required string Traffic { get; init; }

    /// <summary>How long to send.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Frame sizes.</summary>
    public FrameSizes FrameSizes { get; init; } = FrameSizes.Default;

    /// <summary>Seed of the traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>pCPU of the generator's thread; null leaves it to the kernel.</summary>
    public int? Cpu { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }

    /// <summary>Longest wait for the first link.</summary>
    public TimeSpan PeerLimit { get; init; } = UsualPeerLimit;

    /// <summary>Longest wait, after the last frame, for those that are still on their way.</summary>
    public TimeSpan DrainLimit { get; init; } = UsualDrainLimit;
}
