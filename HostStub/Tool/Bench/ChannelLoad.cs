using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Bench;

/// <summary>Guests of a channel server in this process, over socket pairs: steady ones, and one that floods.</summary>
internal sealed class ChannelLoad : IDisposable
{
    private const int Flooder = 0;
    private static readonly ScaleUnit[] s_units = [ScaleUnit.Max, ScaleUnit.Down, ScaleUnit.Down, ScaleUnit.Min, ScaleUnit.Up];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly StreamDescriptor[] _guests;
    private readonly ChannelServer _server;

    /// <summary>Starts a server.</summary>
    /// <param name="channels">Channels; the first is the flooder's, if it floods.</param>
    /// <param name="service">Service of each channel.</param>
    /// <param name="shards">Threads that serve them, each an equal part.</param>
    public ChannelLoad(int channels, Func<int, IFrequencyService> service, int shards = 1)
    {
        (StreamDescriptor First, StreamDescriptor Second)[] pairs = [.. Enumerable.Range(0, channels).Select(_ => StreamDescriptor.Pair())];
        _guests = [.. pairs.Select(pair => pair.First)];
        _server = new ChannelServer([.. pairs.Select((pair, index) => new ChannelBinding
        {
            GuestName = $"vm{index}",
            Vcpu = 0,
            Endpoint = new GivenEndpoint(pair.Second),
            Service = service(index),
            Shard = index % shards,
        })], new ChannelServerOptions { Began = _ => ThreadPlacement.TrySchedule(SchedulingClass.Nice) });
        _server.Start();
    }

    /// <summary>The server's channels.</summary>
    public IReadOnlyList<ServedChannel> Channels => _server.Channels;

    /// <summary>Sends requests at a steady rate on every channel but the flooder's, and takes every reply.</summary>
    /// <param name="perSecond">Requests a second on each channel.</param>
    /// <param name="duration">How long.</param>
    /// <param name="flood">The first channel sends as fast as its socket takes it, by a thread of its own.</param>
    /// <param name="patience">How long to wait for the last replies.</param>
    /// <param name="burn">Without a flood, the same thread floods a socket that no server reads: the CPU a flooding guest takes is not the server's doing.</param>
    /// <param name="cpu">CPU that the calling thread takes while it sends, all others staying where they are: a sender that waits for the server's CPU sends in bursts, which it would then measure.</param>
    /// <returns>What came of it.</returns>
    public ChannelLoadResult Run(int perSecond, TimeSpan duration, bool flood, TimeSpan patience, bool burn = false, int? cpu = null)
    {
        bool stop = false;
        ulong floodBefore = _server.Channels[Flooder].Counters.Requests;
        HostThread flooder = new("flood", () => Flood(ref stop, flood));
        if (flood || burn)
        {
            flooder.Start();
        }

        if (cpu is int own)
        {
            ThreadPlacement.Pin(own);
        }

        long[] got = new long[_guests.Length];
        long rounds = (long)(perSecond * duration.TotalSeconds), start = Stopwatch.GetTimestamp();
        double slot = Stopwatch.Frequency / (double)perSecond / _guests.Length;
        byte[] packet = new byte[GuestChannelAbi.PacketBytes], replies = new byte[16 * GuestChannelAbi.PacketBytes];
        for (long round = 0; round < rounds; round++)
        {
            ChannelPackets.WriteRequest(packet, ChannelCommand.CpuPower, s_units[round % s_units.Length], 0);
            for (int i = flood ? 1 : 0; i < _guests.Length; i++)
            {
                long at = start + (long)(((round * _guests.Length) + i) * slot);
                while (Stopwatch.GetTimestamp() < at)
                {
                    Thread.Sleep(0);
                }

                Take(i); // the reply of the round before
                Send(_guests[i], packet, () => Take(i));
            }
        }

        Stopwatch waited = Stopwatch.StartNew();
        while (waited.Elapsed < patience && Enumerable.Range(flood ? 1 : 0, _guests.Length - (flood ? 1 : 0)).Any(i => got[i] < rounds * GuestChannelAbi.PacketBytes))
        {
            for (int i = flood ? 1 : 0; i < _guests.Length; i++)
            {
                Take(i);
            }

            Thread.Sleep(1);
        }

        Volatile.Write(ref stop, true);
        if (flood || burn)
        {
            flooder.JoinOrThrow();
        }

        IEnumerable<int> steady = Enumerable.Range(flood ? 1 : 0, _guests.Length - (flood ? 1 : 0));
        int floodersShard = _server.Channels[Flooder].Binding.Shard;
        return new ChannelLoadResult(
            rounds * steady.Count(),
            steady.Sum(i => got[i] / GuestChannelAbi.PacketBytes),
            flood ? (long)(_server.Channels[Flooder].Counters.Requests - floodBefore) : 0,
            MedianP99Us(steady),
            steady.Max(P99Us),
            MedianP99Us(steady.Where(i => i != Flooder && _server.Channels[i].Binding.Shard == floodersShard)),
            MedianP99Us(steady.Where(i => _server.Channels[i].Binding.Shard != floodersShard)));

        double MedianP99Us(IEnumerable<int> channels) => BenchResult.Median(channels.Select(P99Us));

        double P99Us(int channel) => _server.Channels[channel].Counters.Latency.Snapshot().Percentile(0.99) / 1e3;

        void Take(int channel)
        {
            int read = _guests[channel].Read(replies);
            got[channel] += Math.Max(0, read);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Stop(s_patience);
        _server.Dispose();
        foreach (StreamDescriptor guest in _guests)
        {
            guest.Dispose();
        }
    }

    private static void Send(StreamDescriptor guest, ReadOnlySpan<byte> packet, Action whenFull)
    {
        while (!packet.IsEmpty)
        {
            int written = guest.Write(packet);
            if (written > 0)
            {
                packet = packet[written..];
                continue;
            }

            if (written != -LibC.EAGAIN)
            {
                throw new InvalidOperationException($"A guest's socket failed: {LibC.strerror(-written)}.");
            }

            whenFull();
            Thread.Yield();
        }
    }

    private void Flood(ref bool stop, bool served)
    {
        (StreamDescriptor writer, StreamDescriptor reader) = StreamDescriptor.Pair();
        using StreamDescriptor w = writer, r = reader;
        StreamDescriptor to = served ? _guests[Flooder] : writer, from = served ? to : reader;
        byte[] packet = new byte[GuestChannelAbi.PacketBytes], replies = new byte[64 * GuestChannelAbi.PacketBytes];
        ChannelPackets.WriteRequest(packet, ChannelCommand.CpuPower, ScaleUnit.Up, 0);
        while (!Volatile.Read(ref stop))
        {
            Send(to, packet, () => from.Read(replies));
        }
    }
}
