namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>A stretch of time over which the packet rate changes linearly.</summary>
/// <param name="DurationNs">Above 0; infinity for one that never ends, whose rate is <paramref name="StartPps"/>.</param>
/// <param name="StartPps">Packets a second at its start.</param>
/// <param name="EndPps">Packets a second at its end.</param>
internal readonly record struct RateSegment(double DurationNs, double StartPps, double EndPps)
{
    /// <summary>A stretch of constant rate.</summary>
    public static RateSegment Flat(double durationNs, double pps) => new(durationNs, pps, pps);
}
