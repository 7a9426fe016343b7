using System.Diagnostics.CodeAnalysis;
using PollScale.Governors;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// The governors of <see cref="GovernorCatalog"/> and those that exist to compare them with: what DPDK, Linux and the literature do. A text
/// names one as there, for instance <c>l3fwd-power:sticky-hints=off,interrupts=off</c>.
/// </summary>
public static class ComparedGovernors
{
    /// <summary>All of them, those of the Sdk first.</summary>
    internal static GovernorList List { get; } = GovernorCatalog.List.With(
    [
        GovernorEntry.Of(
            "l3fwd-power", "DPDK l3fwd-power's legacy rule: gears by backlog, one step down every 100 or 200 ms",
            () => L3FwdPowerOptions.Declared, (context, o) => new L3FwdPowerGovernor(context, o), decidesEachPoll: true,
            settlesWithin: TimeSpan.FromSeconds(5)),
        GovernorEntry.Of(
            "pmd-scale", "DPDK pmd-mgmt scale: any packet the fastest, many empty polls the slowest",
            () => PmdScaleOptions.Declared, (context, o) => new PmdScaleGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "pmd-pause", "DPDK pmd-mgmt pause: a pause after each empty poll once there were many; the fastest",
            () => PmdPauseOptions.Declared, (context, o) => new PmdPauseGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "pmd-sleep", "Open vSwitch pmd-sleep-max: sleeps that grow until half a batch comes; the fastest",
            () => PmdSleepOptions.Declared, (context, o) => new PmdSleepGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "poll-sleep", "VPP poll-sleep-usec: a fixed sleep after each turn of the main loop; the fastest",
            () => PollSleepOptions.Declared, (context, o) => new PollSleepGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "napi", "Linux NAPI: asleep until an interrupt, then turns of 64 packets until nothing is left; the fastest",
            () => NapiOptions.Declared, (context, o) => new NapiGovernor(context, o), decidesEachPoll: true),
        GovernorEntry.Of(
            "polling-dpdk", "Kubernetes Power Manager polling-dpdk: in proportion to busy cycles, aimed at 80 %",
            () => PollingDpdkOptions.Declared, (context, o) => new PollingDpdkGovernor(context, o)),
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
    ]);

    /// <summary>What the governors do and take, for a help page.</summary>
    public static string Help => List.Help;

    /// <summary>Reads a text.</summary>
    /// <returns>What makes the governor; it may throw <see cref="ArgumentException"/> where an option does not fit the P-states.</returns>
    /// <exception cref="GovernorFormatException">There is no such governor or option, or a value is out of range.</exception>
    public static Func<GovernorContext, IGovernor> Parse(string text) => List.Parse(text);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="factory">What makes the governor.</param>
    /// <param name="error">What is wrong and what would be right, where the outcome is false.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Func<GovernorContext, IGovernor>? factory, [NotNullWhen(false)] out string? error) =>
        List.TryParse(text, out factory, out error);
}
