namespace PollScale.HostStub.Doctor;

/// <summary>What the machine is to be usable for.</summary>
internal enum Purpose
{
    /// <summary>hoststub run: a micro-VM, with emulated or real P-states.</summary>
    Run,

    /// <summary>hoststub serve: DPDK's guest channel to other VMs.</summary>
    Serve,

    /// <summary>An application with the Sdk that scales its own core here, in a VM or on bare metal.</summary>
    Guest,
}
