using PollScale.Clock;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>Tells by the heartbeat whether the host lives.</summary>
/// <param name="frequency">Unit of ticks.</param>
internal struct HostPulse(TscFrequency frequency)
{
    private const int MissedBeats = 10, LongestGap = 2;
    private readonly ulong _goneTicks = frequency.FromMicroseconds(1000 * MissedBeats * RegionLayout.HeartbeatMs);
    private readonly ulong _gapTicks = frequency.FromMicroseconds(1000 * LongestGap * RegionLayout.HeartbeatMs);
    private ulong _beat;
    private ulong _changed;
    private ulong _looked;

    /// <summary>No beat came for a second.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Takes a beat in.</summary>
    /// <param name="beat">The heartbeat as it stands.</param>
    /// <param name="now">Ticks; they may leap.</param>
    /// <returns>True when <see cref="IsGone"/> changed.</returns>
    public bool Observe(ulong beat, ulong now)
    {
        bool before = IsGone;
        if (beat != _beat)
        {
            (_beat, _changed, IsGone) = (beat, now, false);
        }
        else if (now - _looked > _gapTicks)
        {
            _changed = now; // this guest stood still itself: its clock tells nothing of the host
        }
        else
        {
            IsGone |= now - _changed > _goneTicks;
        }

        _looked = now;
        return IsGone != before;
    }
}
