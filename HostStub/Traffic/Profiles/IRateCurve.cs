namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>The packet rate over time, as one segment after the other.</summary>
internal interface IRateCurve
{
    /// <summary>The next segment; false when there is none. Allocates nothing.</summary>
    bool TryNext(out RateSegment segment);
}
