using PollScale.HostStub.Channels;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A path of this host's VM to `hoststub serve`.</summary>
/// <param name="Label">What its bursts are called.</param>
/// <param name="Doorbell">How guestprobe names it, and how the transport names itself where it did open; another means that it stood in.</param>
/// <param name="Mode">What the VM's policy makes of its hypercalls.</param>
internal sealed record HostPath(string Label, string Doorbell, HypercallMode Mode)
{
    /// <summary>All that a VM without a driver has.</summary>
    public static readonly IReadOnlyList<HostPath> All = [new("region", "region", HypercallMode.None), .. HypercallModes.All.Select(Of)];

    /// <summary>Its line of the VM's policy.</summary>
    public string Policy => Mode == HypercallMode.None ? "queries: true" : $"hypercall: {HypercallModes.Of(Mode)}";

    /// <summary>Why it cannot be measured here, with what to do; null where it can be tried.</summary>
    public string? WhyNot => HypercallsHere.WhyNot(Mode);

    private static HostPath Of(HypercallMode mode) => new(HypercallModes.Of(mode), mode == HypercallMode.Module ? "hypercall" : "region-hypercall", mode);
}
