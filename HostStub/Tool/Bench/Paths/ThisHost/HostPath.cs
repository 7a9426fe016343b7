using PollScale.HostStub.Channels;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Programs;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A path of this host's VM to who sets the pCPU's frequency.</summary>
/// <param name="Label">What its bursts are called.</param>
/// <param name="Doorbell">How guestprobe names it, and how the transport names itself where it did open; another means that it stood in.</param>
/// <param name="Device">What the VM has for it.</param>
/// <param name="Peer">Who answers.</param>
/// <param name="Mode">What the VM's policy makes of its hypercalls.</param>
internal sealed record HostPath(string Label, string Doorbell, PathDevice Device, PathPeer Peer, HypercallMode Mode = HypercallMode.None)
{
    private const string GuestChannel = "guest-channel";

    /// <summary>All that are tried.</summary>
    public static readonly IReadOnlyList<HostPath> All =
    [
        new("region", "region", PathDevice.Page, PathPeer.Serve),
        .. HypercallModes.All.Select(Of),
        new("virtio-serial", GuestChannel, PathDevice.Port, PathPeer.Serve),
        new("dpdk-loop", GuestChannel, PathDevice.Port, PathPeer.DpdkLoop),
    ];

    /// <summary>Those of some labels, with blanks between.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    public static IReadOnlyList<HostPath> Read(string option, string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? wrong = words.Length == 0 ? "" : words.FirstOrDefault(word => All.All(path => path.Label != word));
        return wrong is null ? [.. All.Where(path => words.Contains(path.Label))] : throw new UsageException($"{option} '{wrong}': there are {string.Join(", ", All.Select(path => path.Label))}.");
    }

    /// <summary>Its line of the VM's policy.</summary>
    public string Policy => Mode == HypercallMode.None ? "queries: true" : $"hypercall: {HypercallModes.Of(Mode)}";

    /// <summary>Why it cannot be measured here, with what to do; null where it can be tried.</summary>
    public string? WhyNot => HypercallsHere.WhyNot(Mode);

    private static HostPath Of(HypercallMode mode) => new(HypercallModes.Of(mode), mode == HypercallMode.Module ? "hypercall" : "region-hypercall", PathDevice.Page, PathPeer.Serve, mode);
}
