using System.Globalization;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// Whether a governor can keep a delay bound whatever arrives up to a peak rate: what piles up at a slow P-state until a faster one takes
/// effect must be served within the bound.
/// </summary>
/// <remarks>
/// What piles up is what <see cref="LossCertificate"/> compares with the ring. Here it is compared with what arrives within the share of the bound that
/// is planned with: a packet that comes while the core is still slow waits until it is fast and then for those before it, and the last of
/// them waits longest. The same premises hold. It is about 99.9 % of packets: times are learned, and a poll takes a burst.
/// </remarks>
public sealed record DelayCertificate
{
    /// <summary>Share of the bound that is planned with; the rest is for the resolution at which ages are known.</summary>
    internal const double PlannedShare = 0.97;

    private DelayCertificate(LossPremises premises, TimeSpan bound)
    {
        PStateTable table = premises.PStates;
        (int fastest, int slowest) = premises.Range;
        DelayBound = bound;
        bool helps = premises.PeakPacketsPerSecond <= premises.Cost.PacketsPerSecond(table[fastest]);
        TimeSpan least = Least(premises, slowest);
        Withheld = helps && least <= bound ? Doubt(premises, bound) : null;
        Kept = helps && least <= bound && Withheld is null;
        bool known = helps && premises.Doubt is null;
        ShortestBound = known ? least : null;
        FloorPState = known ? Floor(premises, bound) : null;
        Text = Describe(premises, helps, least);
    }

    /// <summary>D.</summary>
    public TimeSpan DelayBound { get; }

    /// <summary>99.9 % of packets wait no longer than the bound, from the slowest P-state that the governor uses.</summary>
    public bool Kept { get; }

    /// <summary>Slowest P-state from which the bound can be kept; null when there is none.</summary>
    public int? FloorPState { get; }

    /// <summary>Shortest bound that can be kept from the slowest P-state; null where none can.</summary>
    public TimeSpan? ShortestBound { get; }

    /// <summary>Why the bound is not promised although it is long enough, as a clause; null where it is, or where it is too short.</summary>
    public string? Withheld { get; }

    /// <summary>One or two sentences for the user: what, why, what to do.</summary>
    public string Text { get; }

    /// <summary>Works out a certificate.</summary>
    /// <param name="premises">What holds.</param>
    /// <param name="bound">The bound for a governor that has none of its own.</param>
    /// <exception cref="ArgumentException">A premise is out of range.</exception>
    internal static DelayCertificate For(LossPremises premises, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(premises);
        premises.Validate();
        return new DelayCertificate(premises, bound);
    }

    // One that holds the fastest P-state needs no help to come.
    private static TimeSpan Least(LossPremises premises, int pState)
    {
        double serviceRate = premises.Cost.PacketsPerSecond(premises.PStates[pState]);
        double packets = premises.Governor is FixedGovernor ? 2 * premises.BurstSize : premises.WorstBacklog(serviceRate);
        return TimeSpan.FromTicks((long)Math.Ceiling(Math.Min(packets / premises.PeakPacketsPerSecond / PlannedShare, 3600) * TimeSpan.TicksPerSecond));
    }

    private static int? Floor(LossPremises premises, TimeSpan bound)
    {
        (int fastest, int slowest) = premises.Range;
        for (int pState = slowest; pState >= fastest; pState--)
        {
            if (Least(premises, pState) <= bound)
            {
                return pState;
            }
        }

        return null;
    }

    private static string? Doubt(LossPremises premises, TimeSpan bound) => premises.Doubt ?? premises.Governor switch
    {
        null or FixedGovernor => null,
        IDelayBoundGovernor own when own.DelayBound <= bound => null,
        IDelayBoundGovernor own => Say($"{own.GetType().Name} is told a delay bound of {Time(own.DelayBound)}"),
        IGovernor other => $"{other.GetType().Name} keeps no delay bound",
    };

    private string Describe(LossPremises premises, bool helps, TimeSpan least)
    {
        (int _, int slowest) = premises.Range;
        string from = Say($"P-state {slowest} ({premises.PStates[slowest] / 1000.0:0.###} MHz)");
        return Kept ? Say($"The delay bound of {Time(DelayBound)} can be kept, from {from} for {Time(least)} or more.")
            : !helps ? Say($"The delay bound of {Time(DelayBound)} cannot be kept: more may arrive than the fastest P-state serves.")
            : Withheld is not null ? Say($"The delay bound of {Time(DelayBound)} is not promised: {Withheld}.")
            : FloorPState is int floor ? Say($"The delay bound of {Time(DelayBound)} cannot be kept from {from}, for what piles up before a faster one takes effect takes up to {Time(least)}. Keep the lcore at P-state {floor} ({premises.PStates[floor] / 1000.0:0.###} MHz) or faster, as optimal-available does by itself until traffic is tame, or allow {Time(least)}.")
            : premises.Doubt is string doubt ? Say($"The delay bound of {Time(DelayBound)} cannot be kept from {from}, for what piles up before a faster one takes effect takes {Time(least)} at least; nor would a longer one do for certain: {doubt}.")
            : Say($"The delay bound of {Time(DelayBound)} cannot be kept from any P-state. Allow {Time(least)}, or shorten the calls or the transition latency.");
    }

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMicroseconds):0} us");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
