namespace PollScale.HostStub.Policy.Configuration;

/// <summary>What this host makes of a guest's hypercall instructions.</summary>
internal enum HypercallMode
{
    /// <summary>Nothing: the guest rings the doorbell of its page.</summary>
    None,

    /// <summary>The host's kernel tells of them (tracepoint kvm:kvm_hypercall), and they ring as the doorbell does.</summary>
    Observed,

    /// <summary>A BPF program in the host's kernel answers them within the exit, by the vCPU's compiled policy, and the daemon makes true what it granted.</summary>
    Answered,

    /// <summary>The host's kernel answers them within the exit (pollscale_kvm), by the vCPU's compiled policy.</summary>
    Module,
}
