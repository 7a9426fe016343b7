namespace PollScale.Simulation.Cores;

/// <summary>
/// An actuator that looks at requests only at the edges of a grid, as the power control unit of a package does: the last request
/// of a slot wins and takes effect at the next edge, or an execution time after it.
/// </summary>
public sealed class SlottedActuator : IActuator
{
    private const ulong PhaseSalt = 0x5C07, ExecutionSalt = 0xE8EC;
    private readonly long _grid;
    private readonly long _leastExecution;
    private readonly GridMotion _motion;

    /// <summary>Makes an actuator.</summary>
    /// <param name="grid">Time between edges, above 0. The first edge of a run is random.</param>
    /// <param name="execution">Time from an edge to the change, 0 or more.</param>
    /// <param name="stall">Time for which the core stands still at a change, 0 or more.</param>
    public SlottedActuator(long grid, long execution = 0, long stall = 0)
        : this(grid, execution, execution, stall, default)
    {
    }

    internal SlottedActuator(long grid, long leastExecution, long execution, long stall, GridMotion motion)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grid);
        ArgumentOutOfRangeException.ThrowIfNegative(execution);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leastExecution, execution);
        ArgumentOutOfRangeException.ThrowIfNegative(stall);
        _grid = grid;
        _leastExecution = leastExecution;
        _motion = motion;
        Execution = execution;
        Stall = stall;
        Name = ActuatorText.Format(grid, grid, ActuatorText.GridKind, leastExecution, execution, stall, motion);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long WorstLatency => Math.Max(_grid, _motion.Then) + Execution + Stall;

    /// <inheritdoc/>
    public long Stall { get; }

    /// <inheritdoc/>
    public long Execution { get; }

    /// <summary>First edge of a run, 0 .. grid - 1.</summary>
    public long Phase(ulong seed) => new SeedStream(seed, PhaseSalt).NextBelow(_grid);

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed)
    {
        // A request at an edge has just missed it.
        long edge = _motion.EdgeAfter(request, Phase(seed), _grid);
        return edge + (_leastExecution == Execution
            ? Execution
            : _leastExecution + new SeedStream(seed ^ (ulong)edge, ExecutionSalt).NextBelow(Execution - _leastExecution + 1));
    }
}
