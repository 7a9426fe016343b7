using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation;

/// <summary>An idle state that is simulated.</summary>
internal sealed record SimulateIdleState
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Power of a core in it, in W.</summary>
    public required double Watts { get; init; }

    /// <summary>Time from the end of a wait in it until the core works again, in us.</summary>
    public required double ExitLatencyUs { get; init; }

    /// <summary>Shortest wait for which it is entered, in us.</summary>
    public required double LeastResidencyUs { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public required string Source { get; init; }

    /// <summary>The state of a core, for JSON.</summary>
    public static SimulateIdleState Of(IdleState state) => new()
    {
        Name = state.Name,
        Watts = state.Watts,
        ExitLatencyUs = state.ExitLatency / (double)SimTime.Microsecond,
        LeastResidencyUs = state.LeastResidency / (double)SimTime.Microsecond,
        Source = state.Source,
    };
}
