using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>Costs that are higher for short times, as while tables change or a neighbour is loud.</summary>
internal sealed record BurstCosts : CostTerm
{
    internal static readonly CostKind<BurstCosts> Kind = new(
        "bursts",
        "all packets cost a factor for short times",
        new NumberSetting<BurstCosts>("factor", "what they cost then", Quantity.Number, 0.1, 10, o => o.By, (o, v) => o with { By = v }),
        new NumberSetting<BurstCosts>("time", "mean length", Quantity.Time, SimTime.Microsecond, 100 * SimTime.Second, o => o.Time, (o, v) => o with { Time = (long)v }),
        new NumberSetting<BurstCosts>("gap", "mean time from one to the next", Quantity.Time, SimTime.Microsecond, 100 * SimTime.Second, o => o.Gap, (o, v) => o with { Gap = (long)v }));

    /// <summary>What packets cost in a burst, 0.1 .. 10.</summary>
    public double By { get; init; } = 2;

    /// <summary>Mean length of a burst, 1 us .. 100 s.</summary>
    public long Time { get; init; } = SimTime.Millisecond;

    /// <summary>Mean time from a burst's end to the next, 1 us .. 100 s.</summary>
    public long Gap { get; init; } = 20 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => Math.Max(1, By);

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new BurstProcess(this, seed);

    private sealed class BurstProcess(BurstCosts costs, ulong seed) : CostProcess
    {
        private const ulong Salt = 0xB057;
        private SeedStream _random = new(seed, Salt);
        private long _until;
        private bool _bursts = true;

        public override double Factor(long now, int packets)
        {
            while (_until <= now)
            {
                _bursts = !_bursts;
                _until += _random.NextExponential(_bursts ? costs.Time : costs.Gap);
            }

            return _bursts ? costs.By : 1;
        }
    }
}
