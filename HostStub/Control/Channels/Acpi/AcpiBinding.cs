using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>One vCPU whose guest asks through a debug port, as the operator set it up.</summary>
internal sealed record AcpiBinding
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>The guest's vCPU, known by its socket.</summary>
    public required int Vcpu { get; init; }

    /// <summary>The pCPU that it is pinned to.</summary>
    public required int Pcpu { get; init; }

    /// <summary>The debug port's unix socket; QEMU listens.</summary>
    public required string Path { get; init; }

    /// <summary>Decides and sets; called on its shard's thread.</summary>
    public required VcpuService Service { get; init; }

    /// <summary>Number of the shard that serves it.</summary>
    public int Shard { get; init; }

    /// <summary>What is wrong with its pCPU, for reports; from any thread. Null as its result when nothing is.</summary>
    public Func<string?> Trouble { get; init; } = () => null;

    /// <summary>True when a channel made for this one can go on as <paramref name="next"/>, with the same VM.</summary>
    public bool CanBecome(AcpiBinding next) => Guest == next.Guest && Vcpu == next.Vcpu && Path == next.Path && ReferenceEquals(Service, next.Service);
}
