using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs.Kinds;

/// <summary>Packets that cost the more the longer their frames are, as where they are copied.</summary>
internal sealed record SizeCosts : CostTerm
{
    private const int Shortest = 64, Long = 1518, Longest = 9000;

    internal static readonly CostKind<SizeCosts> Kind = new(
        "size",
        "frames of imix and captures, else of 64 to 9000 bytes at random, cost in proportion to what they have above 64 bytes",
        new NumberSetting<SizeCosts>("factor", "what a frame of 1518 bytes costs, of one of 64", Quantity.Number, 1, 10, o => o.Factor, (o, v) => o with { Factor = v }));

    /// <summary>What a frame of 1518 bytes costs, of one of 64, 1 .. 10.</summary>
    public double Factor { get; init; } = 1.3;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    /// <inheritdoc/>
    public override double Highest => Of(Longest);

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new SizeProcess(this, seed);

    private double Of(int bytes) => 1 + ((Factor - 1) * (Math.Clamp(bytes, Shortest, Longest) - Shortest) / (Long - Shortest));

    private sealed class SizeProcess(SizeCosts costs, ulong seed) : CostProcess
    {
        private const ulong Salt = 0x512E;
        private SeedStream _random = new(seed, Salt);

        public override bool Weighs => true;

        public override double Weight(int bytes) => costs.Of(bytes > 0 ? bytes : (int)Between(Shortest, Longest, _random.NextUnit()));
    }
}
