namespace PollScale.Simulation.Cores;

/// <summary>The way of requests from a core to its actuator, and what a request costs the core. It holds no state of a run.</summary>
public interface IChannel
{
    /// <summary>Name with parameters.</summary>
    string Name { get; }

    /// <summary>Longest time from the end of a call to the arrival of its request at the actuator, when no other request waits.</summary>
    long WorstDelay { get; }

    /// <summary>Time for which a call keeps the core, where nothing is lost or refused.</summary>
    long CallTime { get; }

    /// <summary>True when a call tells the core how the request ended.</summary>
    bool Replies { get; }

    /// <summary>Requests that change nothing are sent too, where a governor's original makes them, and the core does not heed how they end.</summary>
    bool Repeats => false;

    /// <summary>A request may be lost, or wait for earlier ones for longer than <see cref="WorstDelay"/>.</summary>
    bool RequestsWait => false;

    /// <summary>Opens the channel for one run.</summary>
    IChannelSession Open(ulong seed);
}
