namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>What a search found.</summary>
/// <param name="Schedule">The worst schedule.</param>
/// <param name="Score">Its score.</param>
/// <param name="Tried">How many schedules were scored.</param>
/// <param name="FoundAt">Which of them, from 1, was the worst.</param>
internal sealed record AdversaryResult(AdversarialSchedule Schedule, double Score, int Tried, int FoundAt);
