using System.Buffers.Binary;
using PollScale.Clock;
using PollScale.Transports;

namespace PollScale.C.Tests;

/// <summary>Writes polls for guestprobe and polls.c: all alike, or those of a simulated lcore that the default governor scales.</summary>
internal static class RecordedPolls
{
    private const int PollBytes = 12, Ring = 1024, Burst = 32;
    private const double PollCycles = 80, PacketCycles = 700, MostMhz = 3000;

    /// <summary>Polls that all return the same.</summary>
    public static void Alike(string file, int polls, int received)
    {
        using FileStream stream = File.Create(file);
        for (int poll = 0; poll < polls; poll++)
        {
            Write(stream, 40, received, 0);
        }
    }

    /// <summary>Polls at a load that is on and off, by exponential gaps of packets; ever the same ones.</summary>
    public static void OfTraffic(string file, int polls)
    {
        using FileStream stream = File.Create(file);
        using LoopbackTransport host = new();
        ulong now = 0;
        using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = host, Pinning = ThreadPinning.Ignore, Ticks = () => now, Frequency = new TscFrequency(1_000_000, TscSource.Calibration) });
        Random random = new(1);
        double next = 0;
        int backlog = 0;
        for (int poll = 0; poll < polls; poll++)
        {
            double mhz = host.PStates[host.PState] / 1000.0;
            int received = Math.Min(backlog, Burst);
            uint ns = (uint)Math.Round((PollCycles + (received * PacketCycles)) * 1000 / mhz);
            now += ns;
            backlog -= received;
            for (; next <= now; next += -Math.Log(1 - random.NextDouble()) * (now / 3_000_000 % 3 == 0 ? 350 : 4000))
            {
                backlog = Math.Min(backlog + 1, Ring);
            }

            Write(stream, ns, received, backlog);
            scaler.Observe(received, backlog);
        }
    }

    private static void Write(FileStream stream, uint ns, int received, int backlog)
    {
        Span<byte> poll = stackalloc byte[PollBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(poll, ns);
        BinaryPrimitives.WriteInt32LittleEndian(poll[4..], received);
        BinaryPrimitives.WriteInt32LittleEndian(poll[8..], backlog);
        stream.Write(poll);
    }
}
