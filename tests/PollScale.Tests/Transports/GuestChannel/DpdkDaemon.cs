using System.Buffers.Binary;
using System.Collections.Concurrent;
using PollScale.GuestChannel;
using PollScale.Native;

namespace PollScale.Tests.Transports;

/// <summary>
/// DPDK's vm_power_manager as far as one channel sees it: wakes, takes one packet of 464 bytes, answers, and delays 1 ms. It ACKs every valid scale
/// request, whether anything changed or not, leaves CONNECT and what it does not know unanswered, and fills its replies to queries over stack bytes.
/// </summary>
internal sealed class DpdkDaemon : IDisposable
{
    private readonly StreamDescriptor _channel;
    private readonly uint[] _kHz;
    private readonly Thread _thread;
    private volatile bool _stop;
    private volatile bool _paused;

    public DpdkDaemon(StreamDescriptor channel, uint[] kHz, int index = 0)
    {
        _channel = channel;
        _kHz = kHz;
        Index = index;
        _thread = new Thread(Run) { Name = "dpdk" };
        _thread.Start();
    }

    /// <summary>P-state.</summary>
    public int Index { get; private set; }

    /// <summary>Answers queries, as after set_query.</summary>
    public bool AllowQueries { get; init; } = true;

    /// <summary>Every scale request fails: NACK.</summary>
    public bool Fails { get; set; }

    /// <summary>Takes requests and sends nothing.</summary>
    public bool Mute { get; set; }

    /// <summary>Reads nothing while set.</summary>
    public bool Paused { get => _paused; set => _paused = value; }

    /// <summary>Whole packets received.</summary>
    public ConcurrentQueue<byte[]> Packets { get; } = new();

    /// <summary>Units asked for.</summary>
    public IEnumerable<ScaleUnit> Units => Packets.Select(packet => PacketHead.Read(packet)).Where(head => head.Command == (uint)ChannelCommand.CpuPower).Select(head => (ScaleUnit)head.Unit);

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _channel.Dispose();
    }

    private void Run()
    {
        byte[] packet = new byte[GuestChannelAbi.PacketBytes];
        int have = 0;
        while (!_stop)
        {
            if (!_paused && _channel.WaitReadable(1))
            {
                int read = _channel.Read(packet.AsSpan(have));
                have += Math.Max(0, read);
                if (have == packet.Length)
                {
                    Packets.Enqueue([.. packet]);
                    Answer(packet);
                    have = 0;
                }
            }

            Thread.Sleep(1);
        }
    }

    private void Answer(byte[] packet)
    {
        PacketHead head = PacketHead.Read(packet);
        if (head.Command == (uint)ChannelCommand.CpuPower && head.Unit is >= 1 and <= 6)
        {
            if (!Fails)
            {
                Scale((ScaleUnit)head.Unit);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(ChannelPacketLayout.Command), (uint)(Fails ? ReplyCommand.Nack : ReplyCommand.Ack));
            Write(packet);
        }
        else if (head.Command == (uint)ChannelCommand.QueryFreq && AllowQueries && packet[ChannelPacketLayout.VmName] != 0)
        {
            byte[] list = new byte[GuestChannelAbi.FreqListBytes];
            list.AsSpan().Fill(0xCC); // what the stack held
            BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(ChannelPacketLayout.Command), (uint)ReplyCommand.FreqList);
            BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(FreqListLayout.FreqList + (4 * (int)head.ResourceId)), _kHz[Index]);
            Write(list);
        }
    }

    private void Scale(ScaleUnit unit) => Index = unit switch
    {
        ScaleUnit.Up => Math.Max(0, Index - 1),
        ScaleUnit.Down => Math.Min(_kHz.Length - 1, Index + 1),
        ScaleUnit.Max => 0,
        ScaleUnit.Min => _kHz.Length - 1,
        _ => Index,
    };

    // Like DPDK: what a full channel does not take is lost, also the rest of a packet.
    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (!Mute)
        {
            _channel.Write(bytes);
        }
    }
}
