using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>A vCPU that its host takes away for a while, again and again: the lcore polls nothing, whatever it was doing, and time goes on.</summary>
internal sealed record StealCosts : CostTerm
{
    internal static readonly CostKind<StealCosts> Kind = new(
        "steal",
        "the host takes the vCPU away",
        new NumberSetting<StealCosts>("time", "how long", Quantity.Time, SimTime.Microsecond, SimTime.Second, o => o.Time, (o, v) => o with { Time = (long)v }),
        new NumberSetting<StealCosts>("gap", "mean time from one to the next, which is half of it at least", Quantity.Time, 10 * SimTime.Microsecond, 100 * SimTime.Second, o => o.Gap, (o, v) => o with { Gap = (long)v }));

    /// <summary>How long, 1 us .. 1 s.</summary>
    public long Time { get; init; } = 300 * SimTime.Microsecond;

    /// <summary>Mean time from the end of one to the next, which is half of it at least and one and a half times it at most, 10 us .. 100 s.</summary>
    public long Gap { get; init; } = 50 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => 1;

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new StealProcess(this, seed);

    private sealed class StealProcess : CostProcess
    {
        private const ulong Salt = 0x57EA;
        private readonly StealCosts _costs;
        private SeedStream _random;
        private long _next;

        public StealProcess(StealCosts costs, ulong seed)
        {
            _costs = costs;
            _random = new SeedStream(seed, Salt);
            _next = _random.NextBelow(costs.Gap);
        }

        public override long NextSteal => _next;

        public override long TakeSteal()
        {
            _next += _costs.Time + (_costs.Gap / 2) + _random.NextBelow(_costs.Gap);
            return _costs.Time;
        }
    }
}
