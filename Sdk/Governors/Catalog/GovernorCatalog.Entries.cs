using PollScale.Hypercall;

namespace PollScale.Governors;

public static partial class GovernorCatalog
{
    // A new governor is added here, or to those that are compared with, and nowhere else; its options are declared where they stand.
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
