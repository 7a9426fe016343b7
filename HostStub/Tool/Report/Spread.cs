namespace PollScale.HostStub.Report;

/// <summary>What a value was over a time: its least, its mean over the time, and its greatest.</summary>
/// <param name="Min">The least.</param>
/// <param name="Mean">The mean over the time.</param>
/// <param name="Max">The greatest.</param>
internal readonly record struct Spread(double Min, double Mean, double Max)
{
    /// <summary>That of two times as one.</summary>
    /// <param name="other">The other's.</param>
    /// <param name="share">The other's share of both times, 0 .. 1.</param>
    public Spread With(Spread other, double share) =>
        new(Math.Min(Min, other.Min), Mean + ((other.Mean - Mean) * share), Math.Max(Max, other.Max));

    /// <summary>The same in another unit.</summary>
    /// <param name="perUnit">What one unit of the result is in this one's.</param>
    public Spread Per(double perUnit) => new(Min / perUnit, Mean / perUnit, Max / perUnit);
}
