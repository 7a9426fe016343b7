using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Channels.Module;

/// <summary>One vCPU whose hypercalls the module is to answer, as the operator set it up.</summary>
internal sealed record ModuleBinding
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>Number of the vCPU.</summary>
    public required int Vcpu { get; init; }

    /// <summary>The pCPU that it is pinned to.</summary>
    public required int Pcpu { get; init; }

    /// <summary>Decides whatever the kernel does not, and has what is granted.</summary>
    public required VcpuService Service { get; init; }

    /// <summary>Finds the VM's process.</summary>
    public required FindProcess Process { get; init; }

    /// <summary>What is wrong with its pCPU, for reports; from any thread. Null as its result when nothing is.</summary>
    public Func<string?> Trouble { get; init; } = () => null;
}
