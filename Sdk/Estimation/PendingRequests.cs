using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// Requests that may not be in effect yet, by time alone: each takes effect within the latency, none overtakes another, and nothing
/// else is relied on. From them follows the least that is served until some time.
/// </summary>
internal sealed class PendingRequests
{
    // More within one latency are taken together, at the slower P-state.
    private const int Capacity = 8;
    private readonly PStateTable _pStates;
    private readonly int[] _requested = new int[Capacity];
    private readonly double[] _certain = new double[Capacity];
    private readonly double[] _until = new double[Capacity];
    private readonly double[] _rates = new double[Capacity];
    private int _count;

    /// <param name="pStates">The table.</param>
    /// <param name="latency">Longest time from a call's return to its effect, in ticks.</param>
    public PendingRequests(PStateTable pStates, double latency)
    {
        _pStates = pStates;
        Latency = latency;
    }

    /// <summary>Longest time from a call's return to its effect, in ticks: as stated, or longer where one was seen to be.</summary>
    public double Latency { get; set; }

    /// <summary>Requests that may still bring a change.</summary>
    public int Changes => Math.Max(0, _count - 1);

    /// <summary>Raised whenever there is one more or less.</summary>
    public int Version { get; private set; }

    /// <summary>Takes in a sample that ends now.</summary>
    public void Observe(in QueueSample sample, double now)
    {
        if (_count == 1 && sample.PState == _requested[0])
        {
            return; // as ever
        }

        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        if (_count == 0 || granted != _requested[_count - 1])
        {
            // The call was made at the sample's start.
            Add(granted, now - sample.ElapsedTicks + sample.CallTicks + Latency);
        }

        if (sample.ClockLeapt)
        {
            _certain.AsSpan(0, _count).Fill(now + Latency);
            Version++;
        }

        int gone = 0;
        while (gone + 1 < _count && _certain[gone + 1] <= now)
        {
            gone++;
        }

        if (gone > 0)
        {
            Drop(0, gone);
        }
    }

    /// <summary>The slowest P-state that may be in effect from now on, without another request.</summary>
    public int Slowest()
    {
        int slowest = _pStates.FastestAllowed;
        for (int i = 0; i < _count; i++)
        {
            slowest = Math.Max(slowest, _requested[i]);
        }

        return slowest;
    }

    /// <summary>Works out what may be in effect, for the questions below.</summary>
    /// <param name="now">From when on.</param>
    /// <param name="rates">What P-states serve for certain.</param>
    /// <param name="replacedBy">Ticks from now until a request made now is in effect for certain; infinite where none is made.</param>
    public void Plan(double now, ServiceRates rates, double replacedBy)
    {
        double slowest = double.PositiveInfinity, until = replacedBy;
        for (int i = _count - 1; i >= 0; i--)
        {
            slowest = Math.Min(slowest, rates.Safe(_requested[i]));
            _rates[i] = slowest;
            _until[i] = until;
            until = Math.Min(until, Math.Max(0, _certain[i] - now));
        }
    }

    /// <summary>The least constant rate of a request made now, with which so many packets are served within a time for certain; infinite where none does.</summary>
    /// <param name="packets">Packets to serve.</param>
    /// <param name="ticks">Time from now, less what calls and stalls may take of it.</param>
    /// <param name="most">Rate of service above which nothing is gained: packets cannot be served before they come.</param>
    public double RateToServe(double packets, double ticks, double most = double.PositiveInfinity)
    {
        // At any time the slower of the request and of what is pending counts; what calls and stalls take is taken from the end, where most is served.
        double rate = 0, passed = 0, left = packets;
        for (int i = 0; i < _count && passed < ticks && left > 0; i++)
        {
            rate = Math.Max(rate, left / (ticks - passed));
            double next = Math.Clamp(_until[i], passed, ticks);
            left -= Math.Min(_rates[i], most) * (next - passed);
            passed = next;
        }

        rate = left <= 0 ? rate : passed < ticks ? Math.Max(rate, left / (ticks - passed)) : double.PositiveInfinity;
        return rate <= most ? rate : double.PositiveInfinity;
    }

    /// <summary>Packets that are served within a time for certain, without another request.</summary>
    /// <param name="ticks">Time from now, less what calls and stalls may take of it; none is served in less than none.</param>
    public double Served(double ticks)
    {
        double packets = 0, passed = 0;
        for (int i = 0; i < _count && passed < ticks; i++)
        {
            double next = Math.Clamp(_until[i], passed, ticks);
            packets += _rates[i] * (next - passed);
            passed = next;
        }

        return packets;
    }

    /// <summary>The most that is served for certain at any time, packets a tick.</summary>
    public double Top => _rates[_count - 1];

    private void Add(int pState, double certain)
    {
        if (_count == Capacity)
        {
            _requested[1] = Math.Max(_requested[0], _requested[1]);
            Drop(0, 1);
        }

        (_requested[_count], _certain[_count]) = (pState, certain);
        _count++;
        Version++;
    }

    private void Drop(int at, int count)
    {
        Array.Copy(_requested, at + count, _requested, at, _count - count - at);
        Array.Copy(_certain, at + count, _certain, at, _count - count - at);
        _count -= count;
        Version++;
    }
}
