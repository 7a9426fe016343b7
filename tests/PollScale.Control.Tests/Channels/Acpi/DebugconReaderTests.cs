using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Acpi;

public sealed class DebugconReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReaderMemory _memory = ReaderMemory.Make();

    public void Dispose()
    {
        _memory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_port_is_connected_when_it_comes_and_drained()
    {
        using ReaderLab lab = new(_memory);
        lab.Add(3, _folder["late"]);
        lab.Until(3, slot => slot is { State: SlotState.Absent, Error: 2 });
        using DebugPortPeer peer = new DebugPortPeer(_folder["late"]).Meet();

        peer.Write(0x85, (byte)'x', 0x82, 0xFF);

        lab.Until(3, slot => slot is { State: SlotState.Connected, Byte: 0x82, Bytes: 4, Unknown: 2, Connects: 1 });
    }

    [Fact]
    public void News_come_with_a_byte_that_is_another_one_and_with_the_end()
    {
        using ReaderLab lab = new(_memory);
        using DebugPortPeer peer = new(_folder["port"]);
        PollScale.Native.WakeEvent news = lab.Add(0, _folder["port"]);
        peer.Meet();
        Assert.True(news.Descriptor.WaitReadable(10_000));
        lab.Until(0, slot => slot.State == SlotState.Connected);
        Thread.Sleep(50);
        news.Clear();

        peer.Write("text"u8);
        lab.Until(0, slot => slot.Unknown == 4);
        Assert.False(news.Descriptor.WaitReadable(50));
        peer.Write(0x80);
        Assert.True(news.Descriptor.WaitReadable(10_000));
        lab.Until(0, slot => slot.Byte == 0x80);
        news.Clear();
        peer.Dispose();
        Assert.True(news.Descriptor.WaitReadable(10_000));
    }

    [Fact]
    public void What_a_vm_asked_for_is_forgotten_with_it()
    {
        using ReaderLab lab = new(_memory);
        lab.Add(0, _folder["port"]);
        using (DebugPortPeer first = new DebugPortPeer(_folder["port"]).Meet())
        {
            first.Write(0x81);
            lab.Until(0, slot => slot.Byte == 0x81);
        }

        lab.Until(0, slot => slot is { State: SlotState.Absent, Byte: 0 });
        using DebugPortPeer second = new DebugPortPeer(_folder["port"]).Meet();
        lab.Until(0, slot => slot is { State: SlotState.Connected, Byte: 0, Bytes: 1, Connects: >= 2 }); // once more where the first one's socket was still there
    }

    [Fact]
    public void A_reader_after_another_goes_on_where_the_vm_is_still_the_same()
    {
        using DebugPortPeer peer = new(_folder["port"]);
        using (ReaderLab first = new(_memory))
        {
            first.Add(0, _folder["port"]);
            peer.Meet().Write(0x81, 0x40);
            first.Until(0, slot => slot is { Byte: 0x81, Bytes: 2 });
        }

        Assert.True(peer.IsLeft());
        _memory.SetState(0, SlotState.Unknown);
        using ReaderLab second = new(_memory);
        second.Add(0, _folder["port"]);
        peer.MeetAgain();
        second.Until(0, slot => slot is { State: SlotState.Connected, Byte: 0x81, Bytes: 2, Connects: 2 });
        peer.Write(0x82);
        second.Until(0, slot => slot is { Byte: 0x82, Bytes: 3 });
    }

    [Fact]
    public void A_reader_after_another_forgets_what_a_vm_asked_for_that_has_gone()
    {
        using (ReaderLab first = new(_memory))
        {
            first.Add(0, _folder["port"]);
            using DebugPortPeer peer = new DebugPortPeer(_folder["port"]).Meet();
            peer.Write(0x81);
            first.Until(0, slot => slot.Byte == 0x81);
        }

        _memory.Take(0, [0x81]);
        _memory.SetState(0, SlotState.Unknown);
        using ReaderLab second = new(_memory);
        second.Add(0, _folder["port"]);
        second.Until(0, slot => slot is { State: SlotState.Absent, Byte: 0 });
    }

    [Fact]
    public void A_flood_is_drained_whole_and_keeps_nobody_else_waiting()
    {
        const int Flood = 300_000;
        using ReaderLab lab = new(_memory);
        lab.Add(0, _folder["flood"]);
        lab.Add(1, _folder["quiet"]);
        using DebugPortPeer flood = new DebugPortPeer(_folder["flood"]), quiet = new(_folder["quiet"]);
        flood.Meet();
        quiet.Meet();
        PollScale.Placement.HostThread flooding = new("flood", () =>
        {
            for (int i = 0; i < Flood; i++)
            {
                flood.Write((byte)i);
            }
        });
        flooding.Start();

        for (byte i = 0; i < 50; i++)
        {
            quiet.Write((byte)(0x80 + i));
            lab.Until(1, slot => slot.Byte == 0x80 + i);
        }

        flooding.JoinOrThrow();
        lab.Until(0, slot => slot.Bytes == Flood);
        Assert.True(flood.LongestWait < TimeSpan.FromSeconds(1), $"{flood.LongestWait}");
    }

    [Fact]
    public void Whatever_its_control_socket_brings_harms_nothing()
    {
        using ReaderLab lab = new(_memory);
        Prop.ForAll<byte[]>(bytes => lab.Send(bytes.Length == 0 ? [0] : bytes)).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => lab.Send(bytes.Length == 0 ? [0] : bytes, _memory.Descriptor.Fd, _memory.Descriptor.Fd)).QuickCheckThrowOnFailure();
        using DebugPortPeer peer = new(_folder["port"]);
        lab.Add(9, _folder["port"]);
        peer.Meet().Write(0x80);
        lab.Until(9, slot => slot.Byte == 0x80);
    }

    [Fact]
    public void A_slot_taken_away_is_left_alone_and_can_be_another_port_s()
    {
        using ReaderLab lab = new(_memory);
        using DebugPortPeer first = new(_folder["first"]), second = new(_folder["second"]);
        lab.Add(5, _folder["first"]);
        first.Meet();
        lab.Add(5, _folder["second"]);
        second.Meet().Write(0x83);

        lab.Until(5, slot => slot.Byte == 0x83);
        ChannelLab.Until(first.IsLeft, "the first is not left");
    }
}
