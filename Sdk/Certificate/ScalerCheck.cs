using System.Globalization;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale;

/// <summary>What an application should know of its options before it trusts them: the loss certificate and warnings.</summary>
internal static class ScalerCheck
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>What the certificate for the governor's share of the ring rests on; null where no peak rate is given.</summary>
    /// <param name="options">The options.</param>
    /// <param name="context">What the governor was made for.</param>
    /// <param name="governor">The governor.</param>
    /// <param name="transport">How it reaches the host.</param>
    /// <param name="callTime">Longest of the first calls, ns.</param>
    public static LossPremises? Premises(LcoreScalerOptions options, GovernorContext context, IGovernor governor, IFrequencyTransport transport, ulong callTime)
    {
        TimeSpan latency = AtMostASecond(context.PStates.TransitionLatencyNs);
        return options.PeakPacketsPerSecond <= 0 ? null : new LossPremises
        {
            PStates = context.PStates,
            Cost = options.PacketCost,
            PeakPacketsPerSecond = options.PeakPacketsPerSecond,
            RingSize = context.RingSize,
            TransitionLatency = latency,
            Actuator = transport.Emulated ? ActuatorPremises.Covered : ActuatorPremises.Real("the host", latency),
            Governor = governor,
            DecisionPeriod = options.DecisionPeriod,
            CallTime = AtMostASecond(callTime),
            BurstSize = options.BurstSize,
        };
    }

    /// <summary>One text for each thing that may surprise.</summary>
    public static List<string> Warn(LcoreScalerOptions options, GovernorContext context, bool controlGranted)
    {
        List<string> warnings = [];
        PStateTable table = context.PStates;
        if (!controlGranted)
        {
            warnings.Add("The host lets this guest read P-states but not change them, so nothing is scaled. Grant control in the host's policy.");
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

    /// <summary>Ns as a span, rounded up.</summary>
    public static TimeSpan AtMostASecond(ulong nanoseconds)
    {
        TimeSpan span = TimeSpan.FromTicks((long)Math.Min((nanoseconds + 99) / 100, long.MaxValue));
        return span < s_longest ? span : s_longest;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
