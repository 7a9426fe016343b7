namespace PollScale.Simulation.Cores;

/// <summary>
/// An actuator that looks at requests only at the edges of a grid, as the power control unit of a package does: the last request
/// of a slot wins and takes effect at the next edge, or an execution time after it.
/// </summary>
public sealed class SlottedActuator : IActuator
{
    private const ulong PhaseSalt = 0x5C07;
    private readonly long _grid;

    /// <summary>Makes an actuator.</summary>
    /// <param name="grid">Time between edges, above 0. The first edge of a run is random.</param>
    /// <param name="execution">Time from an edge to the change, 0 or more.</param>
    /// <param name="stall">Time for which the core stands still at a change, 0 or more.</param>
    public SlottedActuator(long grid, long execution = 0, long stall = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grid);
        ArgumentOutOfRangeException.ThrowIfNegative(execution);
        ArgumentOutOfRangeException.ThrowIfNegative(stall);
        _grid = grid;
        Execution = execution;
        Stall = stall;
        Name = ActuatorText.Format(grid, ActuatorText.GridKind, execution, stall);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long WorstLatency => _grid + Execution + Stall;

    /// <inheritdoc/>
    public long Stall { get; }

    /// <inheritdoc/>
    public long Execution { get; }

    /// <summary>First edge of a run, 0 .. grid - 1.</summary>
    public long Phase(ulong seed) => new SeedStream(seed, PhaseSalt).NextBelow(_grid);

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed)
    {
        long phase = Phase(seed);

        // A request at an edge has just missed it.
        long edge = request < phase ? phase : phase + ((((request - phase) / _grid) + 1) * _grid);
        return edge + Execution;
    }
}
