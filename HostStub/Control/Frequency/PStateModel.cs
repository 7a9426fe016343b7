using PollScale.Hypercall;

namespace PollScale.HostStub.Frequency;

/// <summary>The P-states of a core, how long a change takes and what each draws, and its idle states. Made by <see cref="PStateFile"/>, which checks it.</summary>
/// <param name="Name">Short name for reports.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="TransitionLatencyNs">Time from a request to its effect, in ns.</param>
/// <param name="PStates">1 .. 64 P-states, fastest first.</param>
/// <param name="IdleStates">0 .. 10 idle states, shallowest first: deeper ones draw less, take longer to leave and want a longer wait.</param>
internal sealed record PStateModel(string Name, string Source, uint TransitionLatencyNs, IReadOnlyList<PStateEntry> PStates, IReadOnlyList<IdleStateEntry> IdleStates)
{
    /// <summary>The table a guest is shown.</summary>
    /// <param name="fastestAllowed">Fastest index allowed.</param>
    /// <param name="slowestAllowed">Slowest index allowed; null for the last.</param>
    public PStateTable ToTable(int fastestAllowed = 0, int? slowestAllowed = null) =>
        new([.. PStates.Select(p => p.KHz)], fastestAllowed, slowestAllowed ?? PStates.Count - 1, TransitionLatencyNs);

    /// <summary>Power of a core asleep, in W: of the deepest idle state whose least residency the wait lasts. Without idle states, what the slowest P-state draws at any frequency.</summary>
    /// <param name="waitNs">How long it sleeps, in ns.</param>
    /// <returns>Null for a wait that is too short for any.</returns>
    public double? WattsAsleep(double waitNs) => IdleStates.Count == 0 ? PStates[^1].StaticWatts : IdleStates.LastOrDefault(state => state.LeastResidencyNs <= waitNs)?.Watts;
}
