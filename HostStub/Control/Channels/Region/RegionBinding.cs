using PollScale.HostStub.Channels.Hypercall;

namespace PollScale.HostStub.Channels.Region;

/// <summary>One guest's region to serve, as the operator set it up.</summary>
internal sealed record RegionBinding
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>Unix socket that QEMU's device connects to.</summary>
    public required string Path { get; init; }

    /// <summary>Where it was set up, as "file:line:column: ".</summary>
    public string At { get; init; } = "";

    /// <summary>Whether P-states are emulated.</summary>
    public bool Emulated { get; init; }

    /// <summary>Whether a shard spins on its slots.</summary>
    public bool Polls { get; init; }

    /// <summary>The vCPUs that may call, at least one.</summary>
    public required IReadOnlyList<RegionVcpuBinding> Vcpus { get; init; }

    /// <summary>Why a process may not be this guest's VM; null where it may. It may wait for files, and is called on a thread of its own. Null asks nothing.</summary>
    public Func<int, string?>? Refuse { get; init; }

    /// <summary>Brings the hypercalls of a vCPU, which then ring too; null where the guest has its doorbell only.</summary>
    public IHypercallSource? Hypercalls { get; init; }

    /// <summary>Whether the host's kernel answers hypercalls of the VM within the exit now; from any thread.</summary>
    public Func<bool> IsAnswered { get; init; } = () => false;

    /// <summary>Slots of the region: one more than the highest number, for a guest has the vCPUs below it too.</summary>
    public int Slots => Vcpus.Max(vcpu => vcpu.Vcpu) + 1;
}
