using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;

namespace PollScale.Simulation.Running;

/// <summary>
/// What a decision was measured to take: sample, rule and limits, as the scaler's core makes them, without the call. CPU time of the
/// fastest invocation, with the dearer of two traffics, of <c>PollScale.Benchmarks --short --filter '*DecisionBenchmarks*'</c>; docs/simulation.md
/// says on which machine.
/// </summary>
internal static class DecisionCosts
{
    /// <summary>Of a governor that is not in the table, ns: as much as one that does next to nothing.</summary>
    private const long Other = 27;

    /// <summary>Nanoseconds by governor.</summary>
    public static IReadOnlyDictionary<Type, long> Nanoseconds { get; } = new Dictionary<Type, long>
    {
        [typeof(OptimalAvailableGovernor)] = 240,
        [typeof(ArrivalEnvelopeGovernor)] = 321,
        [typeof(DrainTimeGovernor)] = 121,
        [typeof(SpeedScalingGovernor)] = 43,
        [typeof(ThresholdGovernor)] = 30,
        [typeof(OndemandGovernor)] = 36,
        [typeof(ConservativeGovernor)] = 34,
        [typeof(SchedutilGovernor)] = 62,
        [typeof(L3FwdPowerGovernor)] = 47,
        [typeof(PmdScaleGovernor)] = 28,
        [typeof(PmdPauseGovernor)] = 30,
        [typeof(PmdSleepGovernor)] = 30,
        [typeof(PollSleepGovernor)] = 29,
        [typeof(PollingDpdkGovernor)] = 39,
        [typeof(FixedGovernor)] = 27,
    };

    /// <summary>Simulated time that a decision of a governor takes.</summary>
    public static long Of(IGovernor governor) => Nanoseconds.GetValueOrDefault(governor.GetType(), Other) * SimTime.Nanosecond;
}
