using PollScale.HostStub.Daemon;
using PollScale.Telemetry;

namespace PollScale.HostStub.Tests.Serve.Reports;

/// <summary>A channel that is connected and has done nothing, for what shows channels.</summary>
internal static class QuietChannel
{
    /// <summary>Makes it.</summary>
    public static ChannelSnapshot Of(string guest, string endpoint, string? problem = null) => new()
    {
        Guest = guest,
        Vcpu = 0,
        Endpoint = endpoint,
        Control = true,
        FastestKhz = 2,
        SlowestKhz = 1,
        Connected = true,
        Problem = problem,
        Requests = 0,
        Acks = 0,
        Nacks = 0,
        Refused = 0,
        Foreign = 0,
        Unsupported = 0,
        Unknown = 0,
        QueriesAnswered = 0,
        WithoutReply = 0,
        Resyncs = 0,
        TornPackets = 0,
        DiscardedBytes = 0,
        DroppedReplies = 0,
        Connects = 1,
        RefusedPeers = 0,
        LatencyUs = Percentiles.None,
    };
}
