namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>Who answers a path's requests.</summary>
internal enum PathPeer
{
    /// <summary>hoststub serve, a process of its own.</summary>
    Serve,

    /// <summary>The loop of DPDK's vm_power_manager, as <see cref="ThisHost.DpdkLoop"/> has it.</summary>
    DpdkLoop,
}
