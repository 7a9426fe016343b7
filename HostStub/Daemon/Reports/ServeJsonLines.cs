using System.Text.Json;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>
/// One JSON object a line. Start, reload and end have every channel, other lines those that changed since the line before; where there are few
/// channels, each line has all of them. A sample in which nothing changed is written once a minute only, as a sign of life.
/// </summary>
internal sealed class ServeJsonLines(TextWriter output, TimeSpan? interval = null) : IServeReport
{
    /// <summary>Channels that each line has all of.</summary>
    public const int Few = 16;

    private const double SignOfLifeS = 60;

    private readonly Dictionary<(string Guest, int Vcpu, string Endpoint), ChannelSnapshot> _shown = [];
    private double _writtenS;

    public TimeSpan Interval { get; } = interval ?? TimeSpan.FromSeconds(1);

    public bool TellsStates => true;

    public void Show(ServeEvent what)
    {
        bool whole = what.Event is "start" or "reload" or "end";
        if (whole)
        {
            _shown.Clear();
        }

        ChannelSnapshot[] changed = [.. what.Channels.Where(HasChanged)];
        if (what.Event == "sample" && changed.Length == 0 && what.TimeS < _writtenS + SignOfLifeS)
        {
            return;
        }

        _writtenS = what.TimeS;
        output.WriteLine(JsonSerializer.Serialize(whole || what.Channels.Count <= Few ? what : what with { Channels = changed }, ServeJson.Default.ServeEvent));
        output.Flush();
        foreach (ChannelSnapshot channel in changed)
        {
            _shown[Key(channel)] = channel; // not before it was written
        }
    }

    public void Dispose()
    {
    }

    private static (string, int, string) Key(ChannelSnapshot channel) => (channel.Guest, channel.Vcpu, channel.Endpoint);

    private bool HasChanged(ChannelSnapshot channel) => !_shown.TryGetValue(Key(channel), out ChannelSnapshot? before) || before != channel;
}
