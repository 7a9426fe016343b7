using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Costs;

/// <summary>Costs by a list that begins anew at its end, and steals at fixed distances: what an adversary may do to packets.</summary>
/// <param name="Step">Time for which each factor holds, above 0.</param>
/// <param name="Factors">Factors on what packets cost, at least one.</param>
/// <param name="StealTime">Length of a steal; 0 for none.</param>
/// <param name="StealGap">Time from one steal's end to the next, above 0.</param>
internal sealed record CostPattern(long Step, IReadOnlyList<double> Factors, long StealTime, long StealGap) : CostTerm
{
    /// <inheritdoc/>
    public override string Name => FormattableString.Invariant(
        $"x{string.Join("/", Factors.Select(factor => factor.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)))}, each for {Step / SimTime.Microsecond} us, {StealTime / SimTime.Microsecond} us stolen every {StealGap / SimTime.Microsecond} us");

    /// <inheritdoc/>
    public override double Highest => Math.Max(1, Factors.Max());

    /// <inheritdoc/>
    public override CostProcess Start(ulong seed) => new PatternProcess(this);

    private sealed class PatternProcess(CostPattern pattern) : CostProcess
    {
        private long _next = pattern.StealTime > 0 ? pattern.StealGap : long.MaxValue;

        public override long NextSteal => _next;

        public override double Factor(long now, int packets) => pattern.Factors[(int)(now / pattern.Step % pattern.Factors.Count)];

        public override long TakeSteal()
        {
            _next += pattern.StealTime + pattern.StealGap;
            return pattern.StealTime;
        }
    }
}
