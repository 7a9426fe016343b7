using PollScale.HostStub.Frequency;
using PollScale.HostStub.Timeline;
using PollScale.HostStub.Traffic;

namespace PollScale.HostStub.Run;

/// <summary>Rides on the traffic loop: advances the backend, and notes time and energy when sending begins and ends.</summary>
/// <param name="backend">Sets the frequency.</param>
/// <param name="meter">Looks at the traffic while it is sent and drained.</param>
internal sealed class SessionHook(IFrequencyBackend backend, TimelineMeter meter) : ITrafficPollHook
{
    private readonly IEnergySource? _energy = backend as IEnergySource;
    private TrafficPhase _phase = TrafficPhase.Waiting;
    private volatile Mark? _begin;
    private volatile Mark? _end;

    /// <summary>The generator whose loop this rides on; set before it starts.</summary>
    public TrafficGenerator? Generator { get; set; }

    /// <summary>When sending began; null before.</summary>
    public Mark? Begin => _begin;

    /// <summary>When sending ended; null before.</summary>
    public Mark? End => _end;

    /// <inheritdoc/>
    public void Poll(ulong tsc)
    {
        backend.Poll(tsc);
        TrafficPhase phase = Generator!.Phase;
        if (phase != _phase)
        {
            _phase = phase;
            Note(tsc);
        }

        if (phase is TrafficPhase.Sending or TrafficPhase.Draining)
        {
            meter.Look(tsc, Generator.Glance(tsc));
        }
    }

    /// <summary>The moment now, for a run that ended in between.</summary>
    public Mark MarkAt(ulong tsc) => new(tsc, _energy?.Energy(tsc));

    private void Note(ulong tsc)
    {
        if (_phase == TrafficPhase.Sending)
        {
            meter.Begin(tsc);
            _begin = MarkAt(tsc);
        }
        else if (_phase == TrafficPhase.Draining)
        {
            _end = MarkAt(tsc);
        }
    }

    /// <summary>Time and energy at one moment.</summary>
    internal sealed record Mark(ulong Tsc, EnergySnapshot? Energy);
}
