using System.Globalization;
using PollScale.Clock;
using PollScale.Memif;
using PollScale.Randomness;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Telemetry;

namespace PollScale.GuestProbe.Bench;

/// <summary>
/// Times the forwarder over a private ring, both ends on this thread: the same instructions in a guest and on its host, so
/// that another tool can compare the two. An iteration is one packet, written, received, forwarded and taken off.
/// </summary>
internal static class BenchLoop
{
    private const int Rounds = 10;
    private const int FrameBytes = 60;
    private const int Flows = 256;
    private const uint Network = 10u << 24;

    /// <summary>Runs and prints one line of key=value pairs; ticks are the TSC's.</summary>
    public static void Run(int iterations)
    {
        Route[] routes = RouteTable.Create(1024, 1);
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        using PrivateRegion region = new(PacketRegionLayout.Create(log2RxSize: 8, log2TxSize: 8));
        byte[][] frames = Frames();
        int bursts = Math.Max(1, iterations / Rounds / RxQueue.MaxBurst);
        Burst(region, table, frames, bursts: 64);
        double[] packet = new double[Rounds];
        double[] empty = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            ulong start = TscClock.Now;
            int forwarded = Burst(region, table, frames, bursts);
            ulong middle = TscClock.Now;
            EmptyPolls(region, bursts * RxQueue.MaxBurst);
            empty[round] = (double)(TscClock.Now - middle) / (bursts * RxQueue.MaxBurst);
            packet[round] = (double)(middle - start) / forwarded;
        }

        Array.Sort(packet);
        Array.Sort(empty);
        Output.Line(string.Create(CultureInfo.InvariantCulture,
            $"bench-loop iterations={bursts * RxQueue.MaxBurst * Rounds} tsc_khz={TscClock.FrequencyKHz} ticks_per_iteration_min={packet[0]:F2} ticks_per_iteration_p50={packet[Rounds / 2]:F2} ticks_per_empty_poll_min={empty[0]:F2} ticks_per_empty_poll_p50={empty[Rounds / 2]:F2}"));
    }

    // SAFETY: packets come from the rx queue, which has checked them, and are released last.
    private static unsafe int Burst(PrivateRegion region, Dir24_8 table, byte[][] frames, int bursts)
    {
        RxQueue rx = region.Region.RxQueue;
        TxQueue tx = region.Region.TxQueue;
        Forwarder forwarder = new(table);
        Span<RxPacket> packets = stackalloc RxPacket[RxQueue.MaxBurst];
        int forwarded = 0;
        for (int burst = 0; burst < bursts; burst++)
        {
            for (int i = 0; i < RxQueue.MaxBurst; i++)
            {
                region.Fill(i, frames[((burst * RxQueue.MaxBurst) + i) % Flows], 0, 0);
            }

            region.Offer(RxQueue.MaxBurst);
            int received = rx.Burst(packets);
            foreach (ref readonly RxPacket packet in packets[..received])
            {
                if (forwarder.TryForward(packet.Frame, packet.Length, out DropCause _) && tx.TrySend(packet))
                {
                    forwarded++;
                }
            }

            tx.Publish();
            rx.Release(received);
            region.Return(region.Forwarded);
        }

        return forwarded;
    }

    private static void EmptyPolls(PrivateRegion region, int polls)
    {
        RxQueue rx = region.Region.RxQueue;
        Span<RxPacket> packets = stackalloc RxPacket[RxQueue.MaxBurst];
        for (int poll = 0; poll < polls; poll++)
        {
            if (rx.Burst(packets) != 0 || rx.Backlog != 0 || region.Region.StopRequested)
            {
                return;
            }
        }
    }

    private static byte[][] Frames()
    {
        byte[][] frames = new byte[Flows][];
        SplitMix64 random = new(1);
        for (int i = 0; i < Flows; i++)
        {
            frames[i] = SampleFrame.Create(FrameBytes, Network | ((uint)random.Next() >> 8));
        }

        return frames;
    }
}
