using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Region;

/// <summary>One vCPU of a guest as its region serves it, whichever VM is there: counts and state, for reports. From any thread.</summary>
/// <param name="guest">The guest.</param>
/// <param name="binding">The vCPU.</param>
internal sealed class ServedVcpu(RegionState guest, RegionVcpuBinding binding) : IReportedChannel
{
    private volatile RegionVcpuBinding _binding = binding;

    /// <summary>What it was set up with.</summary>
    public RegionVcpuBinding Binding
    {
        get => _binding;
        set => _binding = value;
    }

    /// <summary>Why it has no slot; null where it has one.</summary>
    public string? LeftOut { get; set; }

    /// <summary>Why its hypercalls are not observed though they should be; null where all is as the policy has it.</summary>
    public string? Unobserved { get; set; }

    /// <summary>What its hypercalls came to.</summary>
    public HypercallCounters Hypercalls { get; } = new();

    /// <inheritdoc/>
    public HypercallCounts? Observed => guest.HearsHypercalls ? Hypercalls.Counts : null;

    /// <inheritdoc/>
    public ChannelCounters Counters { get; } = new();

    /// <inheritdoc/>
    public string GuestName => guest.Name;

    /// <inheritdoc/>
    public int Vcpu => _binding.Vcpu;

    /// <inheritdoc/>
    public int? Pcpu => _binding.Pcpu;

    /// <inheritdoc/>
    public string EndpointName => guest.EndpointName;

    /// <inheritdoc/>
    public IFrequencyService Service => _binding.Service;

    /// <inheritdoc/>
    public bool IsConnected => guest.IsConnected;

    /// <inheritdoc/>
    public string? Problem => guest.PathProblem ?? guest.PeerProblem ?? _binding.Trouble() ?? LeftOut ?? Unobserved;
}
