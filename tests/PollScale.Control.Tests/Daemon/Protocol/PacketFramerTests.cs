using FsCheck;
using FsCheck.Fluent;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon.Protocol;

public class PacketFramerTests
{
    private static readonly ScaleUnit[] s_units = [ScaleUnit.Up, ScaleUnit.Down, ScaleUnit.Max, ScaleUnit.Min];

    [Fact]
    public void Whole_packets_come_out_however_the_stream_is_cut()
    {
        Prop.ForAll(Gen.Choose(1, 1000).NonEmptyListOf().ToArbitrary(), cuts =>
        {
            byte[] stream = [.. Enumerable.Range(0, 20).SelectMany(i => ChannelLab.Scale(s_units[i % 4], tag: ((ulong)i << 8) | 0xFF))];
            Assert.Equal(Enumerable.Range(0, 20).Select(i => (ulong)i), Feed(new PacketFramer(), stream, cuts).Select(packet => ChannelPackets.Tag(packet) >> 8));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_torn_packet_costs_itself_and_no_other()
    {
        for (int kept = 1; kept < GuestChannelAbi.PacketBytes; kept++)
        {
            foreach (ScaleUnit unit in s_units)
            {
                PacketFramer framer = new();
                byte[] stream = [.. ChannelLab.Scale(unit)[..kept], .. ChannelLab.Scale(ScaleUnit.Min), .. ChannelLab.Scale(ScaleUnit.Max), .. ChannelLab.Scale(ScaleUnit.Down)];
                List<byte[]> packets = Feed(framer, stream, [stream.Length]);

                Assert.True(packets.Select(Unit).SequenceEqual([ScaleUnit.Min, ScaleUnit.Max, ScaleUnit.Down]), $"{unit} cut to {kept} bytes: {string.Join(", ", packets.Select(Unit))}");
                Assert.True(framer.Resyncs == 1 && framer.Discarded == (ulong)kept, $"{unit} cut to {kept} bytes: {framer.Resyncs} resyncs, {framer.Discarded} bytes");
            }
        }
    }

    [Fact]
    public void A_stream_that_begins_in_the_middle_of_a_packet_is_found_again()
    {
        for (int missing = 1; missing < GuestChannelAbi.PacketBytes; missing++)
        {
            byte[] stream = [.. ChannelLab.Scale(ScaleUnit.Down)[missing..], .. ChannelLab.Scale(ScaleUnit.Min), .. ChannelLab.Scale(ScaleUnit.Max), .. ChannelLab.Scale(ScaleUnit.Up)];
            ScaleUnit[] units = [.. Feed(new PacketFramer(), stream, [100]).Where(packet => PacketHead.Read(packet).Command == (uint)ChannelCommand.CpuPower).Select(Unit)];

            Assert.True(units.TakeLast(2).SequenceEqual([ScaleUnit.Max, ScaleUnit.Up]), $"{missing} bytes missing: {string.Join(", ", units)}");
        }
    }

    [Fact]
    public void A_half_packet_is_given_up_in_time()
    {
        PacketFramer framer = new();
        Assert.Empty(Feed(framer, ChannelLab.Scale(ScaleUnit.Up).AsSpan(0, 300), [300]));
        Assert.True(framer.IsWaiting);

        Assert.True(framer.TimeOut());
        Assert.Equal((false, 300ul), (framer.IsWaiting, framer.Discarded));
        Assert.Equal(ScaleUnit.Max, Unit(Assert.Single(Feed(framer, ChannelLab.Scale(ScaleUnit.Max), [464]))));
    }

    [Fact]
    public void An_unknown_packet_is_given_once_and_the_next_is_found()
    {
        byte[] unknown = ChannelLab.Request((ChannelCommand)77);
        List<byte[]> packets = Feed(new PacketFramer(), [.. unknown, .. ChannelLab.Scale(ScaleUnit.Min)], [464]);

        Assert.Equal([77u, 1u], packets.Select(packet => PacketHead.Read(packet).Command));
        Assert.Equal(unknown, packets[0]);
    }

    [Fact]
    public void Connect_with_an_unset_stack_is_a_packet()
    {
        byte[] connect = new byte[GuestChannelAbi.PacketBytes];
        new Random(7).NextBytes(connect);
        connect.AsSpan(ChannelPacketLayout.Command, 4).Clear();
        connect[ChannelPacketLayout.Command] = (byte)ChannelCommand.Connect;
        PacketFramer framer = new();

        Assert.Equal([2u, 1u], Feed(framer, [.. connect, .. ChannelLab.Scale(ScaleUnit.Max)], [928]).Select(packet => PacketHead.Read(packet).Command));
        Assert.Equal(0ul, framer.Resyncs);
    }

    private static ScaleUnit Unit(byte[] packet) => (ScaleUnit)PacketHead.Read(packet).Unit;

    internal static List<byte[]> Feed(PacketFramer framer, ReadOnlySpan<byte> stream, IReadOnlyList<int> cuts)
    {
        List<byte[]> packets = [];
        for (int i = 0; !stream.IsEmpty; i++)
        {
            int count = Math.Min(Math.Min(cuts[i % cuts.Count], stream.Length), framer.Free().Length);
            stream[..count].CopyTo(framer.Free());
            stream = stream[count..];
            framer.Advance(count);
            while (framer.TryNext(out ReadOnlySpan<byte> packet))
            {
                packets.Add(packet.ToArray());
            }
        }

        return packets;
    }
}
