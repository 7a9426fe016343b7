using System.Globalization;
using System.Numerics;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// Whether a governor can rule out loss whatever arrives up to a peak rate: the ring must hold what piles up at a slow P-state until
/// a faster one takes effect.
/// </summary>
/// <remarks>
/// Lambda = (2 R C + (R - mu)(L + Delta + b / mu) + (R + mu) sigma + b) / B, mu counted up to R: packets at the peak rate R
/// find nobody during a call of C, and there may be one just before the one that counts; at the service rate mu of the slow P-state they are too
/// many for the transition L, the decision period Delta and the burst b that is being worked off; a change of speed may stop the core for sigma, and
/// the change before it may put off the decision by as much; and b packets may wait without any hurry. With C, sigma and b = 0 it is the plain
/// (R - mu_min)(L + Delta) / B. Up to 1, asking for the fastest P-state in time rules out loss; above, only a floor or luck does.
/// It needs mu_max at least R, or the ring overflows in the end at any speed. All this presumes a governor that keeps the rule, and an
/// actuator of which each request takes effect within L (<see cref="ActuatorPremises"/>), in whatever pattern; elsewhere the certificate is
/// withheld. It is about loss; <see cref="DelayCertificate"/> is about delay.
/// </remarks>
public sealed record LossCertificate
{
    /// <summary>Largest rx ring that is considered.</summary>
    public const int LargestRing = 65536;

    private LossCertificate(LossPremises premises)
    {
        PStateTable table = premises.PStates;
        (int fastestUsed, int slowestUsed) = premises.Range;
        double fastest = premises.Cost.PacketsPerSecond(table[fastestUsed]);
        double worst = premises.WorstBacklog(premises.Cost.PacketsPerSecond(table[slowestUsed]));
        Lambda = worst / premises.UsableRing;
        PeakExceedsFastest = premises.PeakPacketsPerSecond > fastest;
        Withheld = !PeakExceedsFastest && Lambda <= 1 ? premises.Doubt : null;
        LossFree = !PeakExceedsFastest && Lambda <= 1 && Withheld is null;
        FloorPState = PeakExceedsFastest || premises.Doubt is not null ? null : Floor(premises);
        SmallestRing = PeakExceedsFastest || premises.Doubt is not null || worst > LargestRing
            ? null
            : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Math.Ceiling(worst)));
        Text = Describe(premises, worst, fastest);
    }

    /// <summary>Packets that can pile up at the slowest P-state allowed, as a fraction of the ring.</summary>
    public double Lambda { get; }

    /// <summary>Loss can be ruled out from the slowest P-state that the governor uses.</summary>
    public bool LossFree { get; }

    /// <summary>Slowest P-state from which loss can be ruled out; null when there is none.</summary>
    public int? FloorPState { get; }

    /// <summary>Smallest ring, a power of two, with which loss can be ruled out from the slowest P-state allowed; null when not even <see cref="LargestRing"/> does.</summary>
    public int? SmallestRing { get; }

    /// <summary>The peak rate is above what the fastest P-state allowed serves: nothing rules out loss.</summary>
    public bool PeakExceedsFastest { get; }

    /// <summary>
    /// Why loss cannot be ruled out although the ring would hold what piles up, as a clause: the rule does not cover the governor or the
    /// actuator. Null where it does, or where the ring would not do.
    /// </summary>
    public string? Withheld { get; }

    /// <summary>One or two sentences for the user: what, why, what to do.</summary>
    public string Text { get; }

    /// <summary>Works out a certificate.</summary>
    /// <param name="premises">What holds.</param>
    /// <exception cref="ArgumentException">A premise is out of range.</exception>
    internal static LossCertificate For(LossPremises premises)
    {
        ArgumentNullException.ThrowIfNull(premises);
        premises.Validate();
        return new LossCertificate(premises);
    }

    private static int? Floor(LossPremises premises)
    {
        PStateTable table = premises.PStates;
        (int fastest, int slowest) = premises.Range;
        for (int pState = slowest; pState >= fastest; pState--)
        {
            // The same division as for Lambda, so that both say the same of the slowest P-state.
            if (premises.WorstBacklog(premises.Cost.PacketsPerSecond(table[pState])) / premises.UsableRing <= 1)
            {
                return pState;
            }
        }

        return null;
    }

    private string Describe(LossPremises premises, double worst, double fastest)
    {
        PStateTable table = premises.PStates;
        (int fastestUsed, int slowestUsed) = premises.Range;
        if (PeakExceedsFastest)
        {
            return Say($"Loss cannot be ruled out: up to {premises.PeakPacketsPerSecond:N0} packets/s arrive, but P-state {fastestUsed} ({MHz(fastestUsed)}) serves only {fastest:N0}, so no floor and no ring helps. Spread the traffic over more lcores, or make a packet cheaper.");
        }

        string pileUp = fastestUsed == slowestUsed
            ? Say($"{Math.Ceiling(worst):N0} packets can pile up at P-state {slowestUsed} ({MHz(slowestUsed)}), which is held")
            : Say($"{Math.Ceiling(worst):N0} packets can pile up at P-state {slowestUsed} ({MHz(slowestUsed)}) before a faster one takes effect");
        if (LossFree)
        {
            return Say($"Loss can be ruled out: {pileUp}, and the ring holds {premises.UsableRing:N0} (Lambda {Lambda:F2}). This is about loss only, not about delay.");
        }

        if (Withheld is not null)
        {
            return Say($"Loss is not ruled out: {Withheld}. Only a governor that keeps the bound, with an actuator of which each request takes effect within {premises.TransitionLatency.TotalMicroseconds:0.###} us{(premises.Actuator.Stall > TimeSpan.Zero ? Say($", a stall of {premises.Actuator.Stall.TotalMicroseconds:0.###} us included,") : ", without a stall,")} would: then {pileUp}, and the ring holds {premises.UsableRing:N0} (Lambda {Lambda:F2}). Where no packet may be lost, hold the fastest P-state.");
        }

        string floor = FloorPState is int pState ? Say($"keep the lcore at P-state {pState} ({MHz(pState)}) or faster") : "";
        string ring = SmallestRing is int size ? Say($"use a ring of {size:N0}") : "";
        string remedy = (floor, ring) switch
        {
            _ when premises.Doubt is string doubt => $"Nor would a floor or a larger ring do for certain: {doubt}",
            ("", "") => "Shorten the calls or the transition latency; no floor and no ring helps",
            ("", _) => $"U{ring[1..]}",
            (_, "") => $"K{floor[1..]}",
            _ => $"K{floor[1..]}, or {ring}",
        };
        return Say($"Loss cannot be ruled out: {pileUp}, but the ring holds only {premises.UsableRing:N0} (Lambda {Lambda:F2}). {remedy}.");

        string MHz(int pState) => Say($"{table[pState] / 1000.0:0.###} MHz");
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
