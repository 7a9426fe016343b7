namespace PollScale.HostStub.Report.Html;

/// <summary>One quantity over time; of buckets it has a mean and, where they are known, the extremes. NaN is where nothing is known.</summary>
internal sealed record TimeSeries
{
    private TimeSeries()
    {
    }

    /// <summary>What it is.</summary>
    public required string Name { get; init; }

    /// <summary>Its unit, as at the axis.</summary>
    public required string Unit { get; init; }

    /// <summary>Name of the run that it is of, where several are compared; empty where there is one.</summary>
    public string Run { get; init; } = "";

    /// <summary>Beginning of the first bucket in s; of a value that holds until the next, see <see cref="Times"/>.</summary>
    public double Start { get; private init; }

    /// <summary>Length of a bucket in s.</summary>
    public double Step { get; private init; }

    /// <summary>When each value begins to hold, in s and ascending; null for buckets.</summary>
    public IReadOnlyList<double>? Times { get; private init; }

    /// <summary>The values, or means.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Least of each bucket; null where only <see cref="Values"/> are known.</summary>
    public IReadOnlyList<double>? Least { get; private init; }

    /// <summary>Most of each bucket; null where only <see cref="Values"/> are known.</summary>
    public IReadOnlyList<double>? Most { get; private init; }

    /// <summary>A value a bucket.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="start">Beginning of the first bucket in s.</param>
    /// <param name="step">Length of a bucket in s; above 0.</param>
    /// <param name="values">The values.</param>
    public static TimeSeries Even(string name, string unit, double start, double step, IReadOnlyList<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        return new TimeSeries { Name = name, Unit = unit, Start = start, Step = step, Values = values };
    }

    /// <summary>Mean and extremes of each bucket.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="start">Beginning of the first bucket in s.</param>
    /// <param name="step">Length of a bucket in s; above 0.</param>
    /// <param name="least">Least of each.</param>
    /// <param name="mean">Mean of each; as many.</param>
    /// <param name="most">Most of each; as many.</param>
    public static TimeSeries Buckets(string name, string unit, double start, double step, IReadOnlyList<double> least, IReadOnlyList<double> mean, IReadOnlyList<double> most)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(least.Count, mean.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(most.Count, mean.Count);
        return Even(name, unit, start, step, mean) with { Least = least, Most = most };
    }

    /// <summary>Values that hold until the next one: a P-state.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="times">When each begins, in s and ascending.</param>
    /// <param name="values">The values; as many. The last one should be repeated at the end of the run.</param>
    public static TimeSeries Steps(string name, string unit, IReadOnlyList<double> times, IReadOnlyList<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, times.Count);
        return new TimeSeries { Name = name, Unit = unit, Times = times, Values = values };
    }
}
