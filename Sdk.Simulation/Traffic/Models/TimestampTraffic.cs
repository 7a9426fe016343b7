using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Recorded arrivals, for instance of a capture file: once through, the first at 0.</summary>
public sealed class TimestampTraffic : ITrafficModel
{
    private const long Window = 100 * SimTime.Microsecond;

    // What a few frames that a NIC hands over at once, or stamps with one microsecond, come to.
    private const double AtOnce = 4;
    private readonly long[] _times;
    private readonly ushort[] _lengths;

    /// <summary>Takes recorded arrivals.</summary>
    /// <param name="name">What the recording is called, for instance its file.</param>
    /// <param name="nanoseconds">Timestamps in ns of any origin, never falling.</param>
    /// <param name="lengths">Lengths of the frames in bytes, as many; none where they are not known.</param>
    /// <exception cref="ArgumentException">There is another number of lengths.</exception>
    /// <exception cref="TrafficModelException">A timestamp lies before the one ahead of it, or they span more than 100 days.</exception>
    public TimestampTraffic(string name, ReadOnlySpan<long> nanoseconds, ReadOnlySpan<ushort> lengths = default)
    {
        if (!lengths.IsEmpty && lengths.Length != nanoseconds.Length)
        {
            throw new ArgumentException($"There are {lengths.Length} lengths of {nanoseconds.Length} packets: give one for each, or none.", nameof(lengths));
        }

        Name = name;
        _lengths = lengths.ToArray();
        _times = new long[nanoseconds.Length];
        for (int i = 1; i < nanoseconds.Length; i++)
        {
            if (nanoseconds[i] < nanoseconds[i - 1])
            {
                throw new TrafficModelException($"{name}: timestamp {i} is {nanoseconds[i]} ns, before the {nanoseconds[i - 1]} ns ahead of it: sort the packets by time.");
            }

            // As unsigned: the difference of two longs in order always fits.
            ulong since = (ulong)(nanoseconds[i] - nanoseconds[0]);
            if (since > long.MaxValue / SimTime.Nanosecond)
            {
                throw new TrafficModelException($"{name}: timestamp {i} is more than 100 days after the first: cut the recording.");
            }

            _times[i] = (long)since * SimTime.Nanosecond;
        }

        PeakRate = MostInWindow(_times) * (double)SimTime.Second / Window;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Packets of the fullest 100 us, as a rate.</summary>
    public double PeakRate { get; }

    /// <inheritdoc/>
    public bool KeepsTo(double rate)
    {
        double excess = 0;
        for (int i = 0; i < _times.Length; i++)
        {
            double allowed = i == 0 ? 0 : rate * (_times[i] - _times[i - 1]) / SimTime.Second;
            excess = Math.Max(0, excess - allowed) + 1;
            if (excess > AtOnce)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Number of packets.</summary>
    public int Count => _times.Length;

    /// <summary>From the first packet to the last, in simulated time.</summary>
    public long Length => _times.Length == 0 ? 0 : _times[^1];

    /// <inheritdoc/>
    public IArrivals Start(ulong seed, long duration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(duration);
        return new RecordedArrivals(_times, _lengths, duration);
    }

    private static int MostInWindow(long[] times)
    {
        int first = 0, most = 0;
        for (int last = 0; last < times.Length; last++)
        {
            while (times[last] - times[first] >= Window)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
