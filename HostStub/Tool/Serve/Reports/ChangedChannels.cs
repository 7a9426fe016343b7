using PollScale.HostStub.Daemon;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>
/// Leaves out of serve's lines what has not changed. Start, changes and summary have every channel, other lines those that changed since the line
/// before; where there are few channels, each line has all of them. A sample in which nothing changed is shown once a minute only, as a sign of life.
/// </summary>
/// <param name="lines">Shows what is left; disposed with this.</param>
internal sealed class ChangedChannels(IReport lines) : IReport
{
    /// <summary>Channels that each line has all of.</summary>
    public const int Few = 16;

    private const double SignOfLifeS = 60;

    private readonly Dictionary<(string Guest, int Vcpu, string Endpoint), ChannelSnapshot> _shown = [];
    private double _writtenS;

    /// <inheritdoc/>
    public TimeSpan Interval => lines.Interval;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is ServeLine what)
        {
            Show(what);
        }
        else
        {
            lines.Show(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => lines.Dispose();

    private static (string, int, string) Key(ChannelSnapshot channel) => (channel.Guest, channel.Vcpu, channel.Endpoint);

    private void Show(ServeLine what)
    {
        bool whole = what.Type is LineType.Start or LineType.Change or LineType.Summary;
        if (whole)
        {
            _shown.Clear();
        }

        ChannelSnapshot[] changed = [.. what.Channels.Where(HasChanged)];
        if (what.Type == LineType.Sample && changed.Length == 0 && what.TimeS < _writtenS + SignOfLifeS)
        {
            return;
        }

        _writtenS = what.TimeS;
        lines.Show(whole || what.Channels.Count <= Few ? what : what with { Channels = changed });
        foreach (ChannelSnapshot channel in changed)
        {
            _shown[Key(channel)] = channel; // not before it was written
        }
    }

    private bool HasChanged(ChannelSnapshot channel) => !_shown.TryGetValue(Key(channel), out ChannelSnapshot? before) || before != channel;
}
