using PollScale.Clock;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Tests.Daemon.Protocol;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

/// <summary>A million random and mutated packets: no crash, no growth, no byte in a reply that was not set.</summary>
public class HostileStreamTests
{
    private const int Direct = 800_000;
    private const int OverSocket = 200_000;
    private const byte Canary = 0xA5;

    [Fact]
    public void Random_and_mutated_packets_get_replies_of_set_bytes_only()
    {
        ScriptedBackend backend = new(ChannelLab.Table);
        PacketAnswerer answerer = PacketAnswererTests.Answerer(backend);
        PacketFramer framer = new();
        byte[] reply = new byte[GuestChannelAbi.PacketBytes];
        HostilePackets packets = new(1);
        ulong[] kinds = new ulong[(int)AnswerKind.Silent + 1];
        long before = 0;
        for (int i = 0; i < Direct; i++)
        {
            backend.Fails = i % 16 == 0;
            ReadOnlySpan<byte> bytes = packets.Next();
            bytes = bytes[..Math.Min(bytes.Length, framer.Free().Length)];
            bytes.CopyTo(framer.Free());
            framer.Advance(bytes.Length);
            while (framer.TryNext(out ReadOnlySpan<byte> packet))
            {
                reply.AsSpan().Fill(Canary);
                int length = answerer.Answer(packet, reply, TscClock.Now, out AnswerKind kind);
                kinds[(int)kind]++;
                Check(packet, reply, length);
            }

            Assert.False(framer.Free().IsEmpty);
            if (i == Direct / 2)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 64 * 1024, $"{allocated} bytes allocated for {Direct / 2} packets");
        Assert.All(kinds, (count, kind) => Assert.True(count > 50, $"{(AnswerKind)kind}: only {count}"));
        Assert.InRange(backend.Requested, 0, ChannelLab.Table.Count - 1);
    }

    [Fact]
    public void Garbage_over_a_socket_leaves_the_channel_working_and_its_neighbour_alone()
    {
        ScriptedBackend attacked = new(ChannelLab.Table), neighbour = new(ChannelLab.Table);
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(attacked), ChannelLab.Service(neighbour));
        HostilePackets packets = new(2);
        byte[] sink = new byte[64 * 1024];
        for (int i = 0; i < OverSocket; i++)
        {
            ReadOnlySpan<byte> bytes = packets.Next();
            while (!bytes.IsEmpty)
            {
                int written = lab.Guests[0].Write(bytes);
                Assert.True(written > 0 || written == -LibC.EAGAIN, $"the channel was closed: {written}");
                bytes = bytes[Math.Max(0, written)..];
                if (written < 0)
                {
                    lab.Guests[0].Read(sink);
                    Thread.Yield();
                }
            }

            if (i % 10_000 == 0)
            {
                Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[1], ChannelLab.Scale(i % 20_000 == 0 ? ScaleUnit.Min : ScaleUnit.Max)));
                Assert.Equal(i % 20_000 == 0 ? 5 : 0, neighbour.Requested);
            }
        }

        // After silence the stream is aligned again, whatever came before.
        ServedChannel channel = lab.Server.Channels[0];
        ulong before;
        do
        {
            before = channel.Counters.Requests;
            while (lab.Guests[0].WaitReadable(1000))
            {
                Assert.True(lab.Guests[0].Read(sink) > 0, "the channel was closed");
            }
        }
        while (channel.Due != Deadline.Never || channel.Counters.Requests != before);
        ChannelLab.Write(lab.Guests[0], ChannelLab.Scale(ScaleUnit.Min, tag: 0xFFEEFF));
        byte[] reply;
        do
        {
            reply = ChannelLab.Read(lab.Guests[0], GuestChannelAbi.PacketBytes);
        }
        while (ChannelPackets.Tag(reply) != 0xFFEEFF);
        Assert.Equal(((uint)ReplyCommand.Ack, 5), (PacketHead.Read(reply).Command, attacked.Requested));
        Assert.True(channel.Counters.Resyncs > 100 && channel.Counters.Discarded > 0, $"{channel.Counters.Resyncs} resyncs");
    }

    private static void Check(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> reply, int length)
    {
        Assert.True(length is 0 or GuestChannelAbi.PacketBytes or GuestChannelAbi.FreqListBytes or GuestChannelAbi.CapsListBytes);
        Assert.False(reply[length..].ContainsAnyExcept(Canary), "bytes behind the reply were written");
        if (length == GuestChannelAbi.PacketBytes)
        {
            Assert.True(reply[..12].SequenceEqual(packet[..12]) && reply[16..].SequenceEqual(packet[16..]), "a copy differs from the request");
        }
        else if (length > 0)
        {
            int first = length == GuestChannelAbi.FreqListBytes ? FreqListLayout.NumVcpu : CapsListLayout.NumVcpu;
            bool told = PacketHead.Read(reply).Command != (uint)ReplyCommand.Nack;
            Assert.True(reply[first] == (told ? 1 : 0), "num_vcpu is wrong");
            Assert.False(reply[(first + 1)..length].ContainsAnyExcept((byte)0), "padding is not zero");
            Assert.False(reply[56..first].ContainsAnyExcept((byte)0), "fields of vCPUs that do not exist are not zero");
        }
    }
}
