using System.Globalization;
using System.Numerics;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// Whether a governor can rule out loss whatever arrives up to a peak rate: the ring must hold what piles up at a slow P-state until
/// a faster one takes effect.
/// </summary>
/// <remarks>
/// Lambda = (R C + (R - mu)(L + Delta + b / mu) + b) / B, the second term at least 0: packets at the peak rate R find nobody during
/// a call of C; at the service rate mu of the slow P-state they are too many for the transition L, the decision period Delta and the
/// burst b that is being worked off; and b packets may wait without any hurry. With C and b = 0 it is the plain
/// (R - mu_min)(L + Delta) / B. Up to 1, asking for the fastest P-state in time rules out loss; above, only a floor or luck does.
/// It needs mu_max at least R, or the ring overflows in the end at any speed.
/// </remarks>
public sealed record LossCertificate
{
    /// <summary>Largest rx ring that is considered.</summary>
    public const int LargestRing = 65536;

    private LossCertificate(LossPremises premises)
    {
        PStateTable table = premises.PStates;
        double fastest = premises.Cost.PacketsPerSecond(table[table.FastestAllowed]);
        double worst = premises.WorstBacklog(premises.Cost.PacketsPerSecond(table[table.SlowestAllowed]));
        Lambda = worst / premises.RingSize;
        PeakExceedsFastest = premises.PeakPacketsPerSecond > fastest;
        LossFree = !PeakExceedsFastest && Lambda <= 1;
        FloorPState = PeakExceedsFastest ? null : Floor(premises);
        SmallestRing = PeakExceedsFastest || worst > LargestRing ? null : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Math.Ceiling(worst)));
        Text = Describe(premises, worst, fastest);
    }

    /// <summary>Packets that can pile up at the slowest P-state allowed, as a fraction of the ring.</summary>
    public double Lambda { get; }

    /// <summary>Loss can be ruled out from the slowest P-state allowed.</summary>
    public bool LossFree { get; }

    /// <summary>Slowest P-state from which loss can be ruled out; null when there is none.</summary>
    public int? FloorPState { get; }

    /// <summary>Smallest ring, a power of two, with which loss can be ruled out from the slowest P-state allowed; null when not even <see cref="LargestRing"/> does.</summary>
    public int? SmallestRing { get; }

    /// <summary>The peak rate is above what the fastest P-state allowed serves: nothing rules out loss.</summary>
    public bool PeakExceedsFastest { get; }

    /// <summary>One or two sentences for the user: what, why, what to do.</summary>
    public string Text { get; }

    /// <summary>Works out a certificate.</summary>
    /// <param name="premises">What holds.</param>
    /// <exception cref="ArgumentException">A premise is out of range.</exception>
    public static LossCertificate For(LossPremises premises)
    {
        ArgumentNullException.ThrowIfNull(premises);
        premises.Validate();
        return new LossCertificate(premises);
    }

    private static int? Floor(LossPremises premises)
    {
        PStateTable table = premises.PStates;
        for (int pState = table.SlowestAllowed; pState >= table.FastestAllowed; pState--)
        {
            // The same division as for Lambda, so that both say the same of the slowest P-state.
            if (premises.WorstBacklog(premises.Cost.PacketsPerSecond(table[pState])) / premises.RingSize <= 1)
            {
                return pState;
            }
        }

        return null;
    }

    private string Describe(LossPremises premises, double worst, double fastest)
    {
        PStateTable table = premises.PStates;
        if (PeakExceedsFastest)
        {
            return Say($"Loss cannot be ruled out: up to {premises.PeakPacketsPerSecond:N0} packets/s arrive, but P-state {table.FastestAllowed} ({MHz(table.FastestAllowed)}) serves only {fastest:N0}, so no floor and no ring helps. Spread the traffic over more lcores, or make a packet cheaper.");
        }

        string pileUp = Say($"{Math.Ceiling(worst):N0} packets can pile up at P-state {table.SlowestAllowed} ({MHz(table.SlowestAllowed)}) before a faster one takes effect");
        if (LossFree)
        {
            return Say($"Loss can be ruled out: {pileUp}, and the ring holds {premises.RingSize:N0} (Lambda {Lambda:F2}).");
        }

        string floor = FloorPState is int pState ? Say($"keep the lcore at P-state {pState} ({MHz(pState)}) or faster") : "";
        string ring = SmallestRing is int size ? Say($"use a ring of {size:N0}") : "";
        string remedy = (floor, ring) switch
        {
            ("", "") => "Shorten the calls or the transition latency; no floor and no ring helps",
            ("", _) => $"U{ring[1..]}",
            (_, "") => $"K{floor[1..]}",
            _ => $"K{floor[1..]}, or {ring}",
        };
        return Say($"Loss cannot be ruled out: {pileUp}, but the ring holds only {premises.RingSize:N0} (Lambda {Lambda:F2}). {remedy}.");

        string MHz(int pState) => Say($"{table[pState] / 1000.0:0.###} MHz");
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
