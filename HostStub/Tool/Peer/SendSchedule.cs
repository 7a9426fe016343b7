using PollScale.Clock;
using PollScale.HostStub.Traffic.Profiles;

namespace PollScale.HostStub.Peer;

/// <summary>When frames are due: the profile's times, in a time that stands still while the generator is held up, as with a guest.</summary>
/// <param name="profile">Send times.</param>
/// <param name="duration">How long to send.</param>
/// <param name="stallThreshold">A turn longer than this is a stall of the generator itself.</param>
internal sealed class SendSchedule(ITrafficProfile profile, TimeSpan duration, TimeSpan stallThreshold)
{
    private readonly double _ticksPerNs = TscClock.FrequencyKHz / 1e6;
    private readonly ulong _end = ToTicks(duration);
    private readonly ulong _stall = ToTicks(stallThreshold);
    private ulong _due;
    private ulong _last;
    private ulong _time;
    private ulong _stalls;
    private ulong _stalledTicks;

    /// <summary>Times the generator was held up. From any thread.</summary>
    public ulong Stalls => Volatile.Read(ref _stalls);

    /// <summary>Ticks it was held up. From any thread.</summary>
    public ulong StalledTicks => Volatile.Read(ref _stalledTicks);

    /// <summary>A frame is due.</summary>
    public bool IsDue => _due <= _time && _due < _end;

    /// <summary>None is due any more.</summary>
    public bool IsOver => _time >= _end || _due == ulong.MaxValue;

    /// <summary>Takes now for time 0.</summary>
    public void Begin(ulong now)
    {
        _last = now;
        Advance();
    }

    /// <summary>Moves to the present.</summary>
    public void Follow(ulong now)
    {
        ulong gap = now > _last ? now - _last : 0;
        _last = now;
        if (gap > _stall)
        {
            _stalls++;
            _stalledTicks += gap;
        }
        else
        {
            _time += gap;
        }
    }

    /// <summary>Goes on to the next frame.</summary>
    public void Advance()
    {
        long next = profile.Next();
        _due = next == ITrafficProfile.End ? ulong.MaxValue : (ulong)(next * _ticksPerNs);
    }

    private static ulong ToTicks(TimeSpan time) => (ulong)(time.TotalNanoseconds * (TscClock.FrequencyKHz / 1e6));
}
