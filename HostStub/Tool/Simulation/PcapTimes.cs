using System.Runtime.InteropServices;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.HostStub.Simulation;

/// <summary>The timestamps and frame lengths of a capture as arrivals.</summary>
internal static class PcapTimes
{
    /// <summary>Most packets of a capture.</summary>
    public const int MaxPackets = 1 << 26;

    /// <summary>Reads them. A packet stamped earlier than the one before it arrives with that one.</summary>
    /// <param name="path">A pcap or pcapng file of Ethernet frames.</param>
    /// <param name="warn">Told what is wrong with a file that can be used nevertheless.</param>
    /// <param name="speed">How much faster they come than they were recorded; finite.</param>
    /// <param name="limit">Most packets.</param>
    /// <exception cref="PcapException">It cannot be read, or holds fewer than two packets or too many.</exception>
    public static TimestampTraffic Load(string path, Action<string> warn, double speed = 1, int limit = MaxPackets)
    {
        using PcapReader reader = PcapReader.Open(path);
        List<long> times = [];
        List<ushort> lengths = [];
        long clamped = 0;
        while (reader.TryRead(out _, out long time, out uint length))
        {
            if (times.Count == limit)
            {
                throw new PcapException($"{path} holds more than {limit} packets, which is all a simulation takes. Cut it: editcap -c or -A and -B.");
            }

            clamped += times.Count > 0 && time < times[^1] ? 1 : 0;
            times.Add(times.Count > 0 ? Math.Max(time, times[^1]) : time);
            lengths.Add((ushort)Math.Min(length, ushort.MaxValue));
        }

        if (reader.Damage is string damage)
        {
            warn($"{path} is cut off or damaged after packet {times.Count}: {damage}. What was read is used.");
        }

        if (clamped > 0)
        {
            warn($"{path} has {clamped} packets stamped before the one ahead of them; they arrive with it.");
        }

        for (int i = times.Count - 1; speed != 1 && i >= 0; i--)
        {
            times[i] = (long)Math.Min((times[i] - times[0]) / speed, long.MaxValue / 2);
        }

        return times.Count >= 2
            ? new TimestampTraffic(Path.GetFileName(path), CollectionsMarshal.AsSpan(times), CollectionsMarshal.AsSpan(lengths))
            : throw new PcapException($"{path} holds {times.Count} packets; arrivals need two or more. Capture for longer.");
    }

    /// <summary>Cuts arrivals at a time.</summary>
    /// <param name="traffic">The arrivals.</param>
    /// <param name="time">Where to cut, in simulated time.</param>
    /// <returns>What arrives before the cut, and what arrives from it on, each beginning at its first packet.</returns>
    public static (TimestampTraffic First, TimestampTraffic Second) Cut(TimestampTraffic traffic, long time)
    {
        List<long> first = [], second = [];
        List<ushort> firstLengths = [], secondLengths = [];
        IArrivals arrivals = traffic.Start(0, long.MaxValue);
        Span<long> times = new long[4096];
        Span<ushort> lengths = new ushort[times.Length];
        for (int read = arrivals.Fill(times, lengths); read > 0; read = arrivals.Fill(times, lengths))
        {
            for (int i = 0; i < read; i++)
            {
                (times[i] < time ? first : second).Add(times[i] / SimTime.Nanosecond);
                (times[i] < time ? firstLengths : secondLengths).Add(lengths[i]);
            }
        }

        return (new TimestampTraffic($"{traffic.Name}, first part", CollectionsMarshal.AsSpan(first), CollectionsMarshal.AsSpan(firstLengths)),
            new TimestampTraffic($"{traffic.Name}, second part", CollectionsMarshal.AsSpan(second), CollectionsMarshal.AsSpan(secondLengths)));
    }
}
