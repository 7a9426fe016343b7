namespace PollScale.Simulation.Cores;

/// <summary>An actuator whose requests are delayed by a list, by when they come: what an adversary may do within a latency.</summary>
internal sealed class PatternActuator : IActuator
{
    private readonly long _step;
    private readonly long[] _delays;

    /// <param name="step">Time for which each delay holds, above 0; the list begins anew at its end.</param>
    /// <param name="delays">Delays, 0 or more, at least one.</param>
    /// <param name="stall">Time for which the core stands still at a change.</param>
    public PatternActuator(long step, IReadOnlyList<long> delays, long stall)
    {
        _step = step;
        _delays = [.. delays];
        Stall = stall;
    }

    /// <summary>Time for which each delay holds.</summary>
    public long Step => _step;

    /// <summary>The delays.</summary>
    public IReadOnlyList<long> Delays => _delays;

    /// <inheritdoc/>
    public string Name => $"delays of {string.Join('/', _delays.Select(delay => delay / SimTime.Nanosecond))} ns, each for {_step / SimTime.Nanosecond} ns";

    /// <inheritdoc/>
    public long WorstLatency => _delays.Max() + Stall;

    /// <inheritdoc/>
    public long Stall { get; }

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed) => request + _delays[request / _step % _delays.Length];
}
