using System.Globalization;

namespace PollScale.Governors;

/// <summary>What is known of how a core's speed follows a request, besides the latency: whether the rule behind a <see cref="LossCertificate"/> covers it.</summary>
/// <remarks>
/// Covered is whatever takes effect within the latency, in any pattern: delays, fixed or random; grids, with or without a time from the edge at
/// which a request is taken up to its effect, and whether their edges stay where they are or not; and a stall at each change, where it is stated.
/// </remarks>
internal sealed record ActuatorPremises
{
    /// <summary>One that the rule covers: emulated P-states are, and simulated ones may be.</summary>
    public static ActuatorPremises Covered { get; } = new();

    /// <summary>Longest time for which the core stands still at each change, a part of the latency.</summary>
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
    public string? Doubt => Unknown ?? (RequestsWait ? "a request may wait behind an earlier one, for longer than the latency" : null);

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.###} us");
}
