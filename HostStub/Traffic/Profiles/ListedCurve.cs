namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>Segments from a list, once or for ever.</summary>
internal sealed class ListedCurve(bool repeat, params RateSegment[] segments) : IRateCurve
{
    private int _next;

    public bool TryNext(out RateSegment segment)
    {
        if (_next == segments.Length)
        {
            _next = repeat ? 0 : _next;
        }

        segment = _next < segments.Length ? segments[_next++] : default;
        return segment.DurationNs > 0;
    }
}
