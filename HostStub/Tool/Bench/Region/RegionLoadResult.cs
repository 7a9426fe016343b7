namespace PollScale.HostStub.Bench.Region;

/// <summary>What a <see cref="RegionLoad"/> measured, from the ring until the measured VM sees its answer.</summary>
/// <param name="P50Us">Of half its requests, in us.</param>
/// <param name="P99Us">Of 99 in 100, in us.</param>
/// <param name="Unanswered">Requests without an answer.</param>
internal sealed record RegionLoadResult(double P50Us, double P99Us, long Unanswered);
