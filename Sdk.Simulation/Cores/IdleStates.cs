namespace PollScale.Simulation.Cores;

/// <summary>
/// The idle states of a core. A wait takes the deepest whose least residency it lasts, as cpuidle's menu governor would whose guesses are always right; where none is, the core polls on
/// as long, and draws what it draws then.
/// </summary>
/// <param name="List">At least one, the shallowest first: least residencies and exit latencies rise, powers fall.</param>
internal sealed record IdleStates(IReadOnlyList<IdleState> List)
{
    /// <summary>No state.</summary>
    public const int None = -1;

    /// <summary>Index of the state that a pause, which the kernel does not know of, draws as much as: TPAUSE sleeps no deeper.</summary>
    public const int Pause = 0;

    /// <summary>The deepest state.</summary>
    public IdleState Deepest => List[^1];

    /// <summary>One state that any wait reaches and leaves at once.</summary>
    public static IdleStates One(double watts, string source) => new([new IdleState("idle", watts, 0, 0, source)]);

    /// <summary>Index of the state that a wait reaches, <see cref="None"/> where it is too short.</summary>
    public int Reached(long wait)
    {
        int state = List.Count - 1;
        while (state > None && List[state].LeastResidency > wait)
        {
            state--;
        }

        return state;
    }
}
