using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;

namespace PollScale.Simulation.Running;

/// <summary>
/// What a decision was measured to take: sample, rule and limits, as the scaler's core makes them, without the call; and what telling of a poll takes. CPU time of the
/// fastest invocation, with the dearer of two traffics, of <c>PollScale.Benchmarks --short --filter '*DecisionBenchmarks*' '*ScalerBenchmarks*'</c> on <see cref="Machine"/>.
/// </summary>
internal static class DecisionCosts
{
    /// <summary>Where they were measured.</summary>
    public const string Machine = "a shared AMD EPYC (Zen 5)";

    /// <summary>Of telling a scaler of a poll, the dearer of an empty and a busy one, ps.</summary>
    public const long ObservePicoseconds = 1800;

    /// <summary>Of a governor that is not in the table, ns: as much as one that does next to nothing.</summary>
    private const long Other = 21;

    /// <summary>Of optimal-available where no grid is known: so much of that on a grid, where it decides once a slot; both in one run.</summary>
    private const double WithoutGrid = 1.55;

    /// <summary>Nanoseconds by governor, on a grid.</summary>
    public static IReadOnlyDictionary<Type, long> Nanoseconds { get; } = new Dictionary<Type, long>
    {
        [typeof(OptimalAvailableGovernor)] = 75,
        [typeof(ArrivalEnvelopeGovernor)] = 178,
        [typeof(DrainTimeGovernor)] = 129,
        [typeof(SpeedScalingGovernor)] = 30,
        [typeof(ThresholdGovernor)] = 25,
        [typeof(OndemandGovernor)] = 35,
        [typeof(ConservativeGovernor)] = 31,
        [typeof(SchedutilGovernor)] = 57,
        [typeof(L3FwdPowerGovernor)] = 36,
        [typeof(PmdScaleGovernor)] = 21,
        [typeof(PmdPauseGovernor)] = 30,
        [typeof(PmdSleepGovernor)] = 30,
        [typeof(PollSleepGovernor)] = 29,
        [typeof(NapiGovernor)] = 30, // not measured: as much as pmd-sleep's, whose rule does as much
        [typeof(PollingDpdkGovernor)] = 39,
        [typeof(FixedGovernor)] = 21,
    };

    /// <summary>Simulated time that a decision of a governor takes.</summary>
    /// <param name="governor">The governor.</param>
    /// <param name="actuator">What it asks.</param>
    public static long Of(IGovernor governor, IActuator actuator)
    {
        long onGrid = Nanoseconds.GetValueOrDefault(governor.GetType(), Other) * SimTime.Nanosecond;
        return governor is OptimalAvailableGovernor && actuator is not SlottedActuator ? (long)(onGrid * WithoutGrid) : onGrid;
    }

    /// <summary>Simulated time that telling of a poll takes; a governor that decides after each poll has it in its decision.</summary>
    public static long Observing(long decisionPeriod) => decisionPeriod > 0 ? ObservePicoseconds * SimTime.Nanosecond / 1000 : 0;
}
