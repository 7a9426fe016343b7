using System.Diagnostics;
using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Shared.Control;

/// <summary>A server on a thread of its own, with a scripted backend behind each channel.</summary>
internal sealed class ChannelLab : IDisposable
{
    /// <summary>Longest wait for anything in a test; only a failure takes it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static int s_labs;
    private readonly List<StreamDescriptor> _guests = [];

    public ChannelLab(params ChannelBinding[] bindings)
    {
        ThreadName = $"lab {Interlocked.Increment(ref s_labs)}";
        Server = new ChannelServer(bindings, new ChannelServerOptions { Name = shard => shard == 0 ? ThreadName : $"{ThreadName}.{shard}" });
        Server.Start();
    }

    private ChannelLab((StreamDescriptor Guest, ChannelBinding Binding)[] pairs)
        : this([.. pairs.Select(pair => pair.Binding)]) => _guests.AddRange(pairs.Select(pair => pair.Guest));

    public ChannelServer Server { get; }

    /// <summary>Name of the thread of shard 0.</summary>
    public string ThreadName { get; }

    /// <summary>Guests' ends.</summary>
    public IReadOnlyList<StreamDescriptor> Guests => _guests;

    /// <summary>Channels over socket pairs, each a guest's vCPU 0.</summary>
    public static ChannelLab WithGuests(params IFrequencyService[] services) => new([.. services.Select((service, index) =>
    {
        (StreamDescriptor guest, StreamDescriptor host) = StreamDescriptor.Pair();
        return (guest, Binding(new GivenEndpoint(host), service, $"vm{index}"));
    })]);

    public static ChannelBinding Binding(IChannelEndpoint endpoint, IFrequencyService service, string guest = "vm0", int vcpu = 0, bool queries = true) =>
        new() { GuestName = guest, Vcpu = vcpu, Endpoint = endpoint, Service = service, AllowQueries = queries };

    /// <summary>P-states 0 .. 5, 3.0 to 0.5 GHz.</summary>
    public static PStateTable Table { get; } = new([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000, 500_000], 0, 5, 10_000);

    public static VcpuService Service(ScriptedBackend backend, GuestPolicy? guest = null) =>
        OneGuestLab.Service(backend, guest ?? OneGuestLab.Generous with { CallsPerSecond = 10_000_000 }, TscClock.FrequencyKHz * 1000.0, TscClock.Now);

    public static byte[] Request(ChannelCommand command, ScaleUnit unit = ScaleUnit.None, ulong resource = 0, ulong tag = 0)
    {
        byte[] packet = new byte[GuestChannelAbi.PacketBytes];
        ChannelPackets.WriteRequest(packet, command, unit, resource, tag);
        return packet;
    }

    public static byte[] Scale(ScaleUnit unit, ulong tag = 0) => Request(ChannelCommand.CpuPower, unit, 0, tag);

    /// <summary>Writes all bytes, waiting for room.</summary>
    public static void Write(StreamDescriptor stream, ReadOnlySpan<byte> bytes)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!bytes.IsEmpty)
        {
            int written = stream.Write(bytes);
            Assert.True(written > 0 || written == -LibC.EAGAIN, $"write: {written}");
            bytes = bytes[Math.Max(0, written)..];
            Assert.True(time.Elapsed < Patience, "The server takes nothing in.");
        }
    }

    /// <summary>Reads so many bytes.</summary>
    public static byte[] Read(StreamDescriptor stream, int count)
    {
        byte[] bytes = new byte[count];
        Stopwatch time = Stopwatch.StartNew();
        for (int have = 0; have < count;)
        {
            stream.WaitReadable(100);
            int read = stream.Read(bytes.AsSpan(have));
            Assert.True(read > 0 || read == -LibC.EAGAIN, $"read: {read} after {have} of {count} bytes");
            have += Math.Max(0, read);
            Assert.True(time.Elapsed < Patience, $"Only {have} of {count} bytes came.");
        }

        return bytes;
    }

    /// <summary>Waits for the stream's end.</summary>
    /// <returns>Bytes that came before it.</returns>
    public static int ReadEnd(StreamDescriptor stream)
    {
        byte[] bytes = new byte[GuestChannelAbi.PacketBytes];
        int sum = 0;
        for (Stopwatch time = Stopwatch.StartNew(); stream.Read(bytes) is int read and not 0; sum += Math.Max(0, read))
        {
            Assert.True(time.Elapsed < Patience, "The stream does not end.");
            stream.WaitReadable(100);
        }

        return sum;
    }

    /// <summary>Sends a request and reads its ACK or NACK.</summary>
    public static ReplyCommand Ask(StreamDescriptor stream, byte[] request)
    {
        Write(stream, request);
        return (ReplyCommand)PacketHead.Read(Read(stream, GuestChannelAbi.PacketBytes)).Command;
    }

    public static void Until(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), what);

    public void Dispose()
    {
        Assert.Empty(Server.Stop(Patience));
        Server.Dispose();
        _guests.ForEach(guest => guest.Dispose());
    }

    /// <summary>Connects as QEMU does, once hoststub listens.</summary>
    public static StreamDescriptor Connect(string path)
    {
        StreamDescriptor? guest = null;
        Until(() => (guest = UnixSocket.TryConnect(path, out _)) is not null, "hoststub does not listen");
        return guest!;
    }
}
