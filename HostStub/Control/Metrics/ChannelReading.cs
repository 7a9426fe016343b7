using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Metrics;

/// <summary>One way of a vCPU to this host, as it was at one moment.</summary>
/// <param name="Kind">connect, listen, device, pty, shmem, debugcon or module: what its endpoint's name begins with, and no word of a guest's.</param>
/// <param name="Counts">Its counts.</param>
/// <param name="Latency">Its service latency.</param>
internal sealed record ChannelReading(string Kind, ChannelSnapshot Counts, LatencyFigures Latency)
{
    /// <summary>Reads a channel; from any thread.</summary>
    public static ChannelReading Of(IReportedChannel channel)
    {
        ChannelSnapshot counts = ChannelSnapshot.Of(channel);
        return new ChannelReading(counts.Endpoint[..counts.Endpoint.IndexOf(':')], counts, channel.Counters.Figures());
    }
}
