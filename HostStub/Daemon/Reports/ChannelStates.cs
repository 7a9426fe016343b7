namespace PollScale.HostStub.Daemon.Reports;

/// <summary>Notices when a channel comes, goes or has another problem.</summary>
internal sealed class ChannelStates
{
    private readonly Dictionary<(string, int), string> _states = [];

    /// <summary>Compares with the last time.</summary>
    /// <returns>A line for each channel whose state is another one.</returns>
    public IReadOnlyList<string> Changed(IReadOnlyList<ChannelSnapshot> channels)
    {
        List<string> lines = [];
        foreach (ChannelSnapshot channel in channels)
        {
            string state = channel.Connected
                ? channel.Problem is string problem ? $"connected; {problem}" : "connected"
                : channel.Problem ?? "waiting for the guest";
            if (_states.GetValueOrDefault((channel.Guest, channel.Vcpu)) != state)
            {
                _states[(channel.Guest, channel.Vcpu)] = state;
                lines.Add($"{channel.Guest} vCPU {channel.Vcpu} ({channel.Endpoint}): {state}");
            }
        }

        return lines;
    }
}
