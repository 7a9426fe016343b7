using System.Globalization;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;

namespace PollScale;

/// <summary>What an application should know of its options before it trusts them: the loss certificate and warnings.</summary>
internal static class ScalerCheck
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>The certificate for the governor's share of the ring; null where no peak rate is given.</summary>
    /// <param name="options">The options.</param>
    /// <param name="context">What the governor was made for.</param>
    /// <param name="governor">The governor.</param>
    /// <param name="callTicks">Round trip of the first call.</param>
    /// <param name="frequency">Unit of ticks.</param>
    public static LossCertificate? Certify(LcoreScalerOptions options, GovernorContext context, IGovernor governor, ulong callTicks, TscFrequency frequency)
    {
        if (options.PeakPacketsPerSecond <= 0)
        {
            return null;
        }

        double highWater = governor is ILossBoundGovernor bound ? Math.Clamp(bound.HighWater, 0, 1) : 1;
        return LossCertificate.For(new LossPremises
        {
            PStates = context.PStates,
            Cost = options.PacketCost,
            PeakPacketsPerSecond = options.PeakPacketsPerSecond,
            RingSize = Math.Max(1, (int)(context.RingSize * highWater)),
            TransitionLatency = AtMostASecond(context.PStates.TransitionLatencyNs),
            DecisionPeriod = options.DecisionPeriod,
            CallTime = AtMostASecond(frequency.ToNanoseconds(callTicks)),
            BurstSize = options.BurstSize,
        });
    }

    /// <summary>One text for each thing that may surprise.</summary>
    public static IReadOnlyList<string> Warn(LcoreScalerOptions options, GovernorContext context, IGovernor governor, LossCertificate? certificate, bool controlGranted)
    {
        List<string> warnings = [];
        PStateTable table = context.PStates;
        if (!controlGranted)
        {
            warnings.Add("The host lets this guest read P-states but not change them, so nothing is scaled. Grant control in the host's policy.");
        }

        if (certificate is { LossFree: false })
        {
            warnings.Add(certificate.Text);
        }

        if (certificate is not null && governor is not (ILossBoundGovernor or FixedGovernor))
        {
            warnings.Add($"{governor.GetType().Name} keeps no bound on loss, so LcoreScalerOptions.PeakPacketsPerSecond does not hold it to one. Use a governor that does, such as {nameof(OptimalAvailableGovernor)} or {nameof(DrainTimeGovernor)}.");
        }

        int unseen = (options.Queues - 1) * options.BurstSize;
        if (unseen > options.RingSize / 2)
        {
            warnings.Add(Say($"With {options.Queues} queues of bursts of {options.BurstSize}, {unseen} packets can be worked off before a queue is looked at again, more than half of its ring of {options.RingSize}. Use larger rings, smaller bursts or more lcores."));
        }

        if (options.DecisionPeriod.TotalNanoseconds > 10.0 * Math.Max(table.TransitionLatencyNs, 10_000u))
        {
            warnings.Add(Say($"Decisions every {options.DecisionPeriod.TotalMicroseconds:0} us are far rarer than transitions, which take {table.TransitionLatencyNs / 1000.0:0.#} us: bursts are seen late. Shorten LcoreScalerOptions.DecisionPeriod."));
        }

        return warnings;
    }

    private static TimeSpan AtMostASecond(ulong nanoseconds)
    {
        TimeSpan span = TimeSpan.FromTicks((long)Math.Min((nanoseconds + 99) / 100, long.MaxValue));
        return span < s_longest ? span : s_longest;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
