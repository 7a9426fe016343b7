namespace PollScale.Agreement.Architecture;

/// <summary>The rooms of the host side, and the directions between them that docs/architecture.md tells.</summary>
internal static class HostRooms
{
    /// <summary>What each room may use: those named, its own inner rooms, and all that a name with ".*" has inside.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Kvm.Abi"] = [],
        ["Kvm"] = ["Kvm.Abi"],
        ["Placement"] = [],
        ["Machine"] = ["Kvm", "Kvm.Abi", "Placement"],
        ["Guest"] = ["Machine", "Kvm", "Kvm.Abi", "Placement"],
        ["Exits"] = ["Guest", "Guest.*", "Machine", "Kvm", "Kvm.Abi"],
        ["Vm"] = ["Exits", "Guest", "Guest.*", "Machine", "Kvm", "Kvm.Abi", "Placement"],
        ["Frequency"] = [],
        ["Policy"] = ["Frequency"],
        ["PolicyFile"] = ["Policy.*"],
        ["Audit"] = ["Policy"],
        ["Daemon"] = ["Policy", "Policy.Patience"],
        ["Metrics"] = ["Audit", "Daemon.*", "Frequency", "Policy.*"],
        ["Channels"] = ["Daemon.*", "Frequency", "Policy.*"],
        ["Traffic"] = ["Placement"],
        ["Report"] = ["Frequency", "Policy", "Machine", "Placement"],
        ["Log"] = ["Report"],
        ["Timeline"] = ["Frequency", "Report.*", "Traffic"],
        ["Simulation"] = ["Frequency", "Traffic.*", "Report.*", "Lifetime"],
        ["Doctor"] = ["Channels.*", "Kvm", "Kvm.Abi", "Placement", "Frequency.*", "Policy.*", "PolicyFile", "Report.*", "Lifetime"],
        ["Bench"] = ["Report.*", "Channels.*", "Daemon.*", "Vm", "Kvm", "Machine", "Traffic", "Frequency", "Policy.*", "Placement", "Lifetime", "Run"],
        ["Guests"] = ["Channels.*", "Frequencies", "Frequency.*", "Placement", "Policy.*", "Report.*"],
        ["Lifetime"] = ["Daemon.*", "Kvm", "Machine", "Policy"],
        ["Frequencies"] = ["Frequency.*", "Placement", "PolicyFile"],
        ["Run"] = ["Audit", "Frequencies", "Frequency.*", "Guest", "Kvm", "Lifetime", "Log", "Machine", "Placement", "Policy.*", "PolicyFile", "Report.*", "Timeline", "Traffic.*"],
        ["Peer"] = ["Lifetime", "Log", "Placement", "Report.*", "Traffic.*"],
        ["Operate"] = ["Daemon", "Frequency", "Lifetime", "Policy", "Policy.Status", "Report.*"],
        ["Serve"] = ["Audit", "Channels.*", "Daemon.*", "Doctor.*", "Frequencies", "Frequency.*", "Lifetime", "Log", "Metrics", "Operate.*", "Placement", "Policy.*", "PolicyFile", "Report.*"],
        ["Cli"] = ["Audit", "Bench.*", "Doctor", "Frequencies", "Frequency", "Guests", "Lifetime", "Log", "Operate.*", "Peer", "Policy.*", "PolicyFile", "Report.*", "Run", "Serve.*", "Simulation.*", "Traffic.*"],
    };

    /// <summary>Whether one room may use another, both without <c>PollScale.HostStub.</c></summary>
    public static bool IsAllowed(string user, string used)
    {
        string room = Top(user);
        return Top(used) == room || Allowed[room].Any(allowed =>
            allowed == used || (allowed.EndsWith(".*", StringComparison.Ordinal) && Top(used) == allowed[..^2]));
    }

    /// <summary>The room of a namespace: rooms within a room are its own business, but for the kernel's structs, which every user must name.</summary>
    public static string Top(string room) => room.StartsWith("Kvm", StringComparison.Ordinal) ? room : room.Split('.')[0];
}
