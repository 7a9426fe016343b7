namespace PollScale.Simulation.Cores;

/// <summary>A channel in one run.</summary>
public interface IChannelSession
{
    /// <summary>Sends a request.</summary>
    /// <param name="time">Time at which the core begins the call; never falls from call to call.</param>
    CallResult Send(long time);
}
