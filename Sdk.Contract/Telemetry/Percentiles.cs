namespace PollScale.Telemetry;

/// <summary>How values are spread; the field that holds it names what they are and their unit. All null where there are none, or none that can be true.</summary>
/// <param name="P50">The median.</param>
/// <param name="P99">99 of 100 are not above it.</param>
/// <param name="P999">999 of 1000 are not above it.</param>
/// <param name="Max">The largest.</param>
internal sealed record Percentiles(double? P50, double? P99, double? P999, double? Max)
{
    /// <summary>Of no values.</summary>
    public static Percentiles None { get; } = new(null, null, null, null);

    /// <summary>Of all values of a histogram; <see cref="None"/> when it is empty.</summary>
    /// <param name="histogram">The values.</param>
    /// <param name="perUnit">What one unit of the result is in the histogram's.</param>
    public static Percentiles Of(HistogramSnapshot histogram, double perUnit) => histogram.Count == 0 ? None : new Percentiles(
        histogram.Percentile(0.5) / perUnit, histogram.Percentile(0.99) / perUnit, histogram.Percentile(0.999) / perUnit, histogram.Max / perUnit);
}
