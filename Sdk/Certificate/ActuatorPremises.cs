using System.Globalization;

namespace PollScale.Governors;

/// <summary>What is known of how a core's speed follows a request, besides the latency: whether the rule behind a <see cref="LossCertificate"/> covers it.</summary>
/// <remarks>
/// Covered are a plain delay, and a grid whose edges stay where they are and at which requests are taken up and take effect at once; with
/// both, packets are served throughout, and no request waits for another.
/// </remarks>
internal sealed record ActuatorPremises
{
    /// <summary>One that the rule covers: emulated P-states are, and simulated ones may be.</summary>
    public static ActuatorPremises Covered { get; } = new();

    /// <summary>Time from the edge of a grid, at which a request is taken up, to its effect; above 0 it is not covered, for an edge is learned by the effects.</summary>
    public TimeSpan ExecutionTime { get; init; }

    /// <summary>Time for which the core stands still at each change; above 0 it is not covered.</summary>
    public TimeSpan Stall { get; init; }

    /// <summary>A request may wait behind an earlier one, so that none is sure to take effect within the latency: not covered.</summary>
    public bool RequestsWait { get; init; }

    /// <summary>What nobody knows of the actuator, as a clause ("cpufreq states .., but not .."): not covered. Null where all is known.</summary>
    public string? Unknown { get; init; }

    /// <summary>Real P-states behind an interface that shows their latency only.</summary>
    /// <param name="statedBy">Who states the latency; null where nobody does, and one is taken.</param>
    /// <param name="latency">The latency stated.</param>
    public static ActuatorPremises Real(string? statedBy, TimeSpan latency) => new()
    {
        Unknown = $"{(statedBy is null ? $"nobody states how long a change takes ({Time(latency)} are taken), when" : $"{statedBy} states {Time(latency)} for a change, but not when")} a request is taken up, nor whether the core serves packets meanwhile",
    };

    /// <summary>Why the rule does not cover it, as a clause; null where it does.</summary>
    public string? Doubt =>
        Unknown
        ?? (Stall > TimeSpan.Zero ? $"the core stands still for {Time(Stall)} at each change, which governors do not count with"
        : ExecutionTime > TimeSpan.Zero ? $"a request takes effect {Time(ExecutionTime)} after the edge at which it is taken up, and governors learn only when it takes effect"
        : RequestsWait ? "a request may wait behind an earlier one, for longer than the latency"
        : null);

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.###} us");
}
