using PollScale.Polling;
using PollScale.Telemetry;

namespace PollScale.Shadow;

/// <summary>
/// A core with an rx ring that is worked out, not run: packets come evenly within a time and are served at what they cost at the P-state in effect; a request
/// takes effect after its latency, a later one in its place after its own. Ticks throughout.
/// </summary>
/// <remarks>A fluid: packets and polls are fractions until they are counted. Its tests hold it against the simulator, which goes packet by packet.</remarks>
internal sealed class VirtualCore
{
    private readonly IReadOnlyList<uint> _kHz;
    private readonly double _latency, _call, _burst;
    private readonly LatencyHistogram _delays = new();
    private readonly WaitingPackets _waiting;
    private readonly double[] _residency;
    private double _ring;
    private double _now;
    private double _backlog;
    private double _polls, _empty, _full, _served;
    private double _pollTicks, _packetTicks;
    private double _callEnds = double.NegativeInfinity;
    private double _due = double.PositiveInfinity;
    private int _effective, _pending;

    /// <param name="kHz">Frequencies, fastest first; costs are those at the first.</param>
    /// <param name="latency">Ticks from a call's return to its effect.</param>
    /// <param name="call">Ticks of a call, in which nothing is served.</param>
    /// <param name="burst">Most packets of a poll.</param>
    /// <param name="ring">Packets that the ring holds.</param>
    public VirtualCore(IReadOnlyList<uint> kHz, double latency, double call, int burst, double ring)
    {
        (_kHz, _latency, _call, _burst, _ring) = (kHz, latency, call, burst, ring);
        _waiting = new WaitingPackets(_delays);
        _residency = new double[kHz.Count];
    }

    /// <summary>Packets that wait.</summary>
    public int Backlog => (int)_backlog;

    /// <summary>Packets that came.</summary>
    public double Arrived { get; private set; }

    /// <summary>Those that found the ring full.</summary>
    public double Lost { get; private set; }

    /// <summary>Polls so far, as a loop would have counted them.</summary>
    public PollCounts Counts => new((ulong)_polls, (ulong)_empty, (ulong)_full, (ulong)_served);

    /// <summary>A call is under way: the loop does not poll, and so decides nothing.</summary>
    public bool Calls => _now < _callEnds;

    /// <summary>Ticks that each packet waited.</summary>
    public HistogramSnapshot Delays => _delays.Snapshot();

    /// <summary>Ticks in each P-state.</summary>
    public ReadOnlySpan<double> Residency => _residency;

    /// <summary>Another size of ring; what waits beyond it stays.</summary>
    public void Resize(double ring) => _ring = ring;

    /// <summary>Begins, or begins anew where nothing is known of the time since: nothing waits.</summary>
    public void Restart(double now)
    {
        _now = now;
        _backlog = 0;
        _waiting.Clear();
        _effective = _due < double.PositiveInfinity ? _pending : _effective;
        (_due, _callEnds) = (double.PositiveInfinity, double.NegativeInfinity);
    }

    /// <summary>Makes a call.</summary>
    /// <param name="now">When, not before the time that it has advanced to.</param>
    /// <param name="pState">P-state granted; negative for none.</param>
    /// <returns>When it ends.</returns>
    public double Call(double now, int pState)
    {
        _callEnds = now + _call;
        if (pState >= 0 && (_due < double.PositiveInfinity || pState != _effective))
        {
            (_pending, _due) = (pState, _callEnds + _latency);
        }

        return _callEnds;
    }

    /// <summary>Goes on to a time.</summary>
    /// <param name="to">The time; one before the last changes nothing.</param>
    /// <param name="arrived">Packets that came since the last, evenly.</param>
    /// <param name="pollTicks">An empty poll at the fastest P-state.</param>
    /// <param name="packetTicks">A packet there.</param>
    public void Advance(double to, double arrived, double pollTicks, double packetTicks)
    {
        (_pollTicks, _packetTicks) = (pollTicks, packetTicks);
        double length = Math.Max(0, to - _now), rate = length > 0 ? arrived / length : 0;
        Arrived += arrived;
        _waiting.Add(arrived, to);
        _backlog += length > 0 ? 0 : arrived;
        double lost = 0;
        while (_now < to)
        {
            if (_now >= _due)
            {
                (_effective, _due) = (_pending, double.PositiveInfinity);
            }

            double end = Math.Min(to, _due);
            lost += _now < _callEnds ? Pass(Math.Min(end, _callEnds), rate, 0) : Pass(end, rate, 1 / (Packet + (Poll / _burst)));
        }

        Lost += lost;
        if (lost > 0)
        {
            _waiting.Drop(lost);
        }
    }

    private double Ratio => (double)_kHz[0] / _kHz[_effective];

    private double Packet => _packetTicks * Ratio;

    private double Poll => _pollTicks * Ratio;

    // A time in which packets are served at one rate, or as they come.
    private double Pass(double end, double rate, double service)
    {
        bool drains = service > rate && _backlog > 0;
        end = drains ? Math.Min(end, _now + (_backlog / (service - rate))) : end;
        double ticks = Math.Max(end - _now, double.BitIncrement(_now) - _now), came = rate * ticks;
        double served = Math.Min(_backlog + came, service * ticks), left = _backlog + came - served, lost = Math.Max(0, left - Math.Max(_ring, _backlog));
        _waiting.Serve(served, _now, ticks);
        Count(served, ticks, busy: drains || left > 0, polls: service > 0);
        _residency[_effective] += ticks;
        _served += served;
        _backlog = left - lost;
        _now += ticks;
        return lost;
    }

    private void Count(double served, double ticks, bool busy, bool polls)
    {
        if (!polls)
        {
            return;
        }

        double count = busy ? served / _burst : Math.Max(0, (ticks - (served * Packet)) / Poll);
        _polls += count;
        _full += busy ? count : 0;
        _empty += busy ? 0 : Math.Max(0, count - served);
    }
}
