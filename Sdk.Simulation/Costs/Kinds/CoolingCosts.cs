using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>Caches that cool while no packet comes and that packets warm again.</summary>
internal sealed record CoolingCosts : CostTerm
{
    internal static readonly CostKind<CoolingCosts> Kind = new(
        "cooling",
        "caches cool while no packet comes, and packets warm them",
        new NumberSetting<CoolingCosts>("factor", "what a packet costs when all is cold", Quantity.Number, 1, 10, o => o.Cold, (o, v) => o with { Cold = v }),
        new NumberSetting<CoolingCosts>("time", "time constant of cooling", Quantity.Time, SimTime.Microsecond, 100 * SimTime.Second, o => o.Time, (o, v) => o with { Time = (long)v }),
        new NumberSetting<CoolingCosts>("packets", "packets that warm all but 37 %", Quantity.Number, 1, 1_000_000, o => o.Packets, (o, v) => o with { Packets = v }));

    /// <summary>What a packet costs when all is cold, 1 .. 10.</summary>
    public double Cold { get; init; } = 2;

    /// <summary>Time constant of cooling, 1 us .. 100 s.</summary>
    public long Time { get; init; } = SimTime.Millisecond;

    /// <summary>Packets that warm all but 37 %, 1 .. 1000000.</summary>
    public double Packets { get; init; } = 256;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => Cold;

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new CoolingProcess(this);

    private sealed class CoolingProcess(CoolingCosts costs) : CostProcess
    {
        private double _cold = 1;
        private long _last;

        public override double Factor(long now, int packets)
        {
            _cold = 1 - ((1 - _cold) * Math.Exp((_last - now) / (double)costs.Time));
            _last = now;
            double factor = 1 + ((costs.Cold - 1) * _cold);
            _cold *= Math.Exp(-packets / costs.Packets);
            return factor;
        }
    }
}
