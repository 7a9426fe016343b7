using PollScale.Hypercall;

namespace PollScale.Governors;

public static partial class GovernorCatalog
{
    // A new governor is added here and nowhere else; its options are declared where they stand.
    private static GovernorEntry[] All() =>
    [
        GovernorEntry.Of(
            Default, "the least speed that meets each packet's delay bound, with a bound on loss",
            () => OptimalAvailableOptions.Declared, (context, o) => new OptimalAvailableGovernor(context, o)),
        GovernorEntry.Of(
            "arrival-envelope", "what survives the worst arrivals of the last second once more; needs no line rate",
            () => ArrivalEnvelopeOptions.Declared, (context, o) => new ArrivalEnvelopeGovernor(context, o)),
        GovernorEntry.Of(
            "drain-time", "arrival rate plus what drains the backlog in time, with a bound on loss",
            () => DrainTimeOptions.Declared, (context, o) => new DrainTimeGovernor(context, o)),
        GovernorEntry.Of(
            "l3fwd-power", "DPDK l3fwd-power's legacy rule: gears by backlog, one step down every 100 or 200 ms",
            () => L3FwdPowerOptions.Declared, (context, o) => new L3FwdPowerGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "pmd-scale", "DPDK pmd-mgmt scale: any packet the fastest, many empty polls the slowest",
            () => PmdScaleOptions.Declared, (context, o) => new PmdScaleGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "ondemand", "Linux ondemand on true load: above a threshold the fastest, else in proportion",
            () => OndemandOptions.Declared, (context, o) => new OndemandGovernor(context, o)),
        GovernorEntry.Of(
            "conservative", "Linux conservative on true load: a step up above one threshold, down below another",
            () => ConservativeOptions.Declared, (context, o) => new ConservativeGovernor(context, o)),
        GovernorEntry.Of(
            "schedutil", "Linux schedutil on true load: 1.25 times the averaged utilization",
            () => SchedutilOptions.Declared, (context, o) => new SchedutilGovernor(context, o)),
        GovernorEntry.Of(
            "speed-scaling", "power in proportion to the backlog: the inverse of the power function",
            () => SpeedScalingOptions.Declared, (context, o) => new SpeedScalingGovernor(context, o)),
        GovernorEntry.Of(
            "threshold", "one step up above a high backlog, one down below a low one",
            () => ThresholdOptions.Declared, (context, o) => new ThresholdGovernor(context, o)),
        GovernorEntry.Of(
            "max", "the fastest P-state that policy allows, always",
            () => FixedOptions.None, (context, _) => FixedGovernor.Max(context.PStates)),
        GovernorEntry.Of(
            "min", "the slowest P-state that policy allows, always",
            () => FixedOptions.None, (context, _) => FixedGovernor.Min(context.PStates)),
        GovernorEntry.Of(
            "index", "one P-state, always: index:N",
            () => FixedOptions.Declared, (context, o) => At(context.PStates, o.PState.GetValueOrDefault())),
    ];

    private static FixedGovernor At(PStateTable pStates, int index) => index < pStates.Count
        ? FixedGovernor.At(pStates, index)
        : throw new ArgumentException($"index:{index} is no P-state of these: they are 0 .. {pStates.Count - 1}.");
}
