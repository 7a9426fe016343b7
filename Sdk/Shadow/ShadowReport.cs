using System.Globalization;

namespace PollScale.Shadow;

/// <summary>What a core of other P-states would have done with an application's packets.</summary>
public sealed record ShadowReport
{
    /// <summary>Time that it covers.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Energy in J that the core would have taken.</summary>
    public required double EnergyJoules { get; init; }

    /// <summary>Energy in J at the fastest P-state all the time.</summary>
    public required double FastestJoules { get; init; }

    /// <summary>Part of it that would have been saved, 0 .. 1.</summary>
    public double SavedShare => FastestJoules > 0 ? 1 - (EnergyJoules / FastestJoules) : 0;

    /// <summary>Packets that came.</summary>
    public required ulong Arrived { get; init; }

    /// <summary>Those that would have found the ring full.</summary>
    public required ulong Lost { get; init; }

    /// <summary>Half of the packets would have waited in the ring no longer; known to one decision period.</summary>
    public required TimeSpan MedianDelay { get; init; }

    /// <summary>99 % of them.</summary>
    public required TimeSpan P99Delay { get; init; }

    /// <summary>99.9 % of them.</summary>
    public required TimeSpan P999Delay { get; init; }

    /// <summary>The longest that one would have.</summary>
    public required TimeSpan LongestDelay { get; init; }

    /// <summary>Frequency calls that would have been made.</summary>
    public required ulong Calls { get; init; }

    /// <summary>Time in each P-state, shares of 1; the fastest first.</summary>
    public required IReadOnlyList<double> Residency { get; init; }

    /// <summary>All of it in a sentence.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"Would have saved {100 * SavedShare:0.0} % of {FastestJoules:0.0} J in {Elapsed.TotalSeconds:0.0} s, with {Calls} calls; of {Arrived} packets {Lost} lost, half delayed by at most {MedianDelay.TotalMicroseconds:0.#} us, 99 % by {P99Delay.TotalMicroseconds:0.#} us, the longest {LongestDelay.TotalMicroseconds:0.#} us.");
}
