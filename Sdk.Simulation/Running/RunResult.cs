using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Running;

/// <summary>
/// What a run did from its warm-up to its end. <see cref="Offered"/> = <see cref="Forwarded"/> + <see cref="Lost"/> +
/// <see cref="Backlog"/>, of packets that arrived in that time. Times are simulated time.
/// </summary>
public sealed record RunResult
{
    /// <summary>Time counted: the duration less the warm-up.</summary>
    public required long Time { get; init; }

    /// <summary>Packets that arrived.</summary>
    public required long Offered { get; init; }

    /// <summary>Packets that a poll took.</summary>
    public required long Forwarded { get; init; }

    /// <summary>Packets that found the ring full.</summary>
    public required long Lost { get; init; }

    /// <summary>Packets still in the ring.</summary>
    public required long Backlog { get; init; }

    /// <summary>Polls begun.</summary>
    public required long Polls { get; init; }

    /// <summary>Polls that returned nothing.</summary>
    public required long EmptyPolls { get; init; }

    /// <summary>Energy in J: power of each P-state times the time in it, stalls, calls and the leaving of idle states included, and of each idle state the time in it.</summary>
    public required double Joules { get; init; }

    /// <summary>Mean power in W.</summary>
    public double Watts => Joules / SimTime.ToSeconds(Time);

    /// <summary>Time in the rx ring.</summary>
    public required DelaySummary Delay { get; init; }

    /// <summary>Decisions of the governor.</summary>
    public required long Decisions { get; init; }

    /// <summary>Frequency calls.</summary>
    public required long Requests { get; init; }

    /// <summary>Calls that failed, as the core saw it.</summary>
    public required long FailedRequests { get; init; }

    /// <summary>Calls whose request never reached the actuator.</summary>
    public required long LostRequests { get; init; }

    /// <summary>Requests that reached the actuator and changed nothing: for the P-state in force, or overtaken in their slot by a later one.</summary>
    public required long IdleRequests { get; init; }

    /// <summary>Time that calls took.</summary>
    public required long CallTime { get; init; }

    /// <summary>Changes of the P-state.</summary>
    public required long Transitions { get; init; }

    /// <summary>Changes that went the other way than the change before.</summary>
    public required long Reversals { get; init; }

    /// <summary>Time in each P-state; the sum is <see cref="Time"/>.</summary>
    public required IReadOnlyList<long> Residency { get; init; }

    /// <summary>Time asleep, a part of <see cref="Residency"/>.</summary>
    public long Asleep { get; init; }

    /// <summary>Time in each idle state, shallowest first; the sum is <see cref="Asleep"/>.</summary>
    internal IReadOnlyList<long> IdleResidency { get; init; } = [];
}
