using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>Tells when a channel comes, goes or has another problem.</summary>
internal sealed class ChannelStates
{
    private readonly Dictionary<(string, int, string), string> _states = [];

    /// <summary>Compares with the last time, and logs each channel whose state is another one, as many as can be read.</summary>
    public void Tell(IReadOnlyList<ChannelSnapshot> channels, ILogger log)
    {
        int changed = 0;
        foreach (ChannelSnapshot channel in channels)
        {
            string state = channel.Connected
                ? channel.Problem is string problem ? $"connected; {problem}" : "connected"
                : channel.Problem ?? "waiting for the guest";
            if (_states.GetValueOrDefault((channel.Guest, channel.Vcpu, channel.Endpoint)) != state)
            {
                _states[(channel.Guest, channel.Vcpu, channel.Endpoint)] = state;
                if (changed++ < NoticeQueue.Most)
                {
                    DaemonLog.ChannelState(log, channel.Guest, channel.Vcpu, channel.Endpoint, state);
                }
            }
        }

        if (changed > NoticeQueue.Most)
        {
            DaemonLog.ChannelsLeftOut(log, changed - NoticeQueue.Most);
        }
    }
}
