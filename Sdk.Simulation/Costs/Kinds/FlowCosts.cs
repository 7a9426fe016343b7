using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>Flows whose packets cost each their own, which come in trains.</summary>
internal sealed record FlowCosts : CostTerm
{
    internal static readonly CostKind<FlowCosts> Kind = new(
        "flows",
        "each flow's packets cost their own factor",
        new NumberSetting<FlowCosts>("count", "flows, each as busy as another", Quantity.Count, 1, 65536, o => o.Count, (o, v) => o with { Count = (int)v }),
        new NumberSetting<FlowCosts>("low", "least factor", Quantity.Number, 0.1, 10, o => o.Low, (o, v) => o with { Low = v }),
        new NumberSetting<FlowCosts>("high", "greatest factor", Quantity.Number, 0.1, 10, o => o.High, (o, v) => o with { High = v }),
        new NumberSetting<FlowCosts>("train", "mean number of a flow's packets in a row", Quantity.Number, 1, 65536, o => o.Train, (o, v) => o with { Train = v }));

    /// <summary>Flows, each as busy as another, 1 .. 65536.</summary>
    public int Count { get; init; } = 64;

    /// <summary>Least factor, 0.1 .. 10.</summary>
    public double Low { get; init; } = 0.5;

    /// <summary>Greatest factor, 0.1 .. 10; factors lie evenly on their logarithm.</summary>
    public double High { get; init; } = 3;

    /// <summary>Mean number of a flow's packets in a row, 1 .. 65536.</summary>
    public double Train { get; init; } = 8;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => High;

    /// <inheritdoc/>
    public override string? Fault => Low <= High ? null : $"low is {Low}, above high, {High}";

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new FlowProcess(this, seed);

    private sealed class FlowProcess : CostProcess
    {
        private const ulong Salt = 0xF10F;
        private readonly double[] _factors;
        private readonly double _ends;
        private SeedStream _random;
        private double _current;

        public FlowProcess(FlowCosts costs, ulong seed)
        {
            _random = new SeedStream(seed, Salt);
            _factors = new double[costs.Count];
            for (int i = 0; i < _factors.Length; i++)
            {
                _factors[i] = Between(costs.Low, costs.High, _random.NextUnit());
            }

            _ends = 1 / costs.Train;
            _current = _factors[0];
        }

        public override bool Weighs => true;

        public override double Weight(int bytes)
        {
            _current = _random.NextUnit() < _ends ? _factors[_random.NextBelow(_factors.Length)] : _current;
            return _current;
        }
    }
}
