using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>Costs that step to another factor now and then, as where other work comes to the core's sibling.</summary>
internal sealed record StepCosts : CostTerm
{
    internal static readonly CostKind<StepCosts> Kind = new(
        "steps",
        "all packets cost another factor from time to time",
        new NumberSetting<StepCosts>("low", "least factor", Quantity.Number, 0.1, 10, o => o.Low, (o, v) => o with { Low = v }),
        new NumberSetting<StepCosts>("high", "greatest factor", Quantity.Number, 0.1, 10, o => o.High, (o, v) => o with { High = v }),
        new NumberSetting<StepCosts>("time", "mean time between steps", Quantity.Time, SimTime.Microsecond, 100 * SimTime.Second, o => o.Time, (o, v) => o with { Time = (long)v }));

    /// <summary>Least factor, 0.1 .. 10.</summary>
    public double Low { get; init; } = 0.5;

    /// <summary>Greatest factor, 0.1 .. 10; factors lie evenly on their logarithm.</summary>
    public double High { get; init; } = 3;

    /// <summary>Mean time between steps, 1 us .. 100 s.</summary>
    public long Time { get; init; } = 20 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => High;

    /// <inheritdoc/>
    public override string? Fault => Low <= High ? null : $"low is {Low}, above high, {High}";

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new StepProcess(this, seed);

    private sealed class StepProcess(StepCosts costs, ulong seed) : CostProcess
    {
        private const ulong Salt = 0x57E9;
        private SeedStream _random = new(seed, Salt);
        private long _until;
        private double _factor;

        public override double Factor(long now, int packets)
        {
            while (_until <= now)
            {
                _factor = Between(costs.Low, costs.High, _random.NextUnit());
                _until += _random.NextExponential(costs.Time);
            }

            return _factor;
        }
    }
}
