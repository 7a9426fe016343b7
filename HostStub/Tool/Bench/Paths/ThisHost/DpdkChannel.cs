using PollScale.GuestChannel;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A channel of a <see cref="DpdkLoop"/>: whole packets in, ACK, NACK or frequencies out. What is set already is not set again.</summary>
/// <param name="socket">Where QEMU listens for the port.</param>
/// <param name="pStates">What there is.</param>
/// <param name="set">Sets one; false where that failed.</param>
internal sealed class DpdkChannel(string socket, PStateTable pStates, Func<int, bool> set) : IDisposable
{
    private readonly byte[] _packet = new byte[GuestChannelAbi.PacketBytes], _reply = new byte[GuestChannelAbi.PacketBytes];
    private StreamDescriptor? _port;
    private int _held, _pState = pStates.SlowestAllowed;

    /// <summary>It was reached once.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Tries to reach the port, until it was reached.</summary>
    /// <returns>The connection where it has just been made.</returns>
    public StreamDescriptor? TryConnect()
    {
        if (IsConnected || (_port = UnixSocket.TryConnect(socket, out _)) is null)
        {
            return null;
        }

        IsConnected = true;
        return _port;
    }

    /// <summary>Takes one packet, where all of one has come, and answers it.</summary>
    public void Turn()
    {
        int got = _port?.Read(_packet.AsSpan(_held)) ?? 0;
        if (got is 0 or (< 0 and not -LibC.EAGAIN))
        {
            Dispose();
            return;
        }

        _held += Math.Max(0, got);
        if (_held == _packet.Length)
        {
            _held = 0;
            int length = Answer();
            if (length > 0 && _port!.Write(_reply.AsSpan(0, length)) != length)
            {
                Dispose(); // who does not take replies gets no more
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _port?.Dispose();
        _port = null;
    }

    private int Answer()
    {
        PacketHead head = PacketHead.Read(_packet);
        switch ((ChannelCommand)head.Command)
        {
            case ChannelCommand.CpuPower:
                return ChannelPackets.WriteAnswer(_reply, _packet, Scale((ScaleUnit)head.Unit) ? ReplyCommand.Ack : ReplyCommand.Nack);
            case ChannelCommand.QueryFreq:
                Span<byte> list = _reply.AsSpan(0, GuestChannelAbi.FreqListBytes);
                ChannelPackets.WriteReply(list, ReplyCommand.FreqList, head.ResourceId, "paths"u8);
                ChannelPackets.SetVcpuCount(list, ReplyCommand.FreqList, 1);
                for (int vcpu = 0; vcpu < GuestChannelAbi.MaxVcpus; vcpu++)
                {
                    ChannelPackets.SetFrequency(list, vcpu, pStates[_pState]);
                }

                return list.Length;
            default:
                return 0;
        }
    }

    private bool Scale(ScaleUnit unit)
    {
        int? asked = unit switch
        {
            ScaleUnit.Max => pStates.FastestAllowed,
            ScaleUnit.Min => pStates.SlowestAllowed,
            ScaleUnit.Up => Math.Max(_pState - 1, pStates.FastestAllowed),
            ScaleUnit.Down => Math.Min(_pState + 1, pStates.SlowestAllowed),
            _ => null,
        };
        if (asked is not int next || (next != _pState && !set(next)))
        {
            return false;
        }

        _pState = next;
        return true;
    }
}
