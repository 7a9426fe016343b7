using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Tests.Running;

/// <summary>A channel on which calls end as a trace says.</summary>
internal sealed class ScriptedChannel(IReadOnlyList<CallResult> script) : IChannel, IChannelSession
{
    public string Name => "scripted";

    public long WorstDelay => 0;

    public long CallTime => 0; // as the first calls of a scripted host

    public bool Replies => true;

    /// <summary>Times of the calls.</summary>
    public List<(long Time, bool Granted)> Calls { get; } = [];

    public IChannelSession Open(ulong seed) => this;

    public CallResult Send(long time)
    {
        CallResult result = script[Calls.Count % script.Count];
        Calls.Add((time, result.Granted));
        return result;
    }
}
