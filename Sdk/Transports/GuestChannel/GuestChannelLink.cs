using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>
/// Packets over one port, and the replies that belong to them. A packet that the port took in part is finished before anything else. Each request
/// carries a number in a field that hosts ignore and copy back, so that replies to earlier requests are known for what they are.
/// </summary>
internal sealed class GuestChannelLink : IDisposable
{
    // DPDK's daemon takes one packet of a channel per ms, and a port holds a few dozen.
    private const int MostInFlight = 16;

    // Ends every number: no run of bytes of it is a small integer, which would look like the head of another packet.
    private const ulong TagEnd = 0xFF;

    private readonly StreamDescriptor _port;
    private readonly ulong _resourceId;
    private readonly byte[] _vmName;
    private readonly long _timeoutTicks;
    private readonly byte[] _out = new byte[GuestChannelAbi.PacketBytes];
    private readonly byte[] _in = new byte[8 * GuestChannelAbi.PacketBytes];
    private int _written = GuestChannelAbi.PacketBytes;
    private int _start;
    private int _end;
    private ulong _number;
    private bool _gone;
    private bool _lateRefusal;

    public GuestChannelLink(StreamDescriptor port, int lcore, string vmName, TimeSpan replyTimeout)
    {
        _port = port;
        _resourceId = (ulong)lcore;
        _vmName = ChannelPackets.VmName(vmName);
        _timeoutTicks = (long)(replyTimeout.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Replies that belonged to no request still waited for.</summary>
    public ulong StaleReplies { get; private set; }

    /// <summary>Times that bytes of the host made no packet and were thrown away.</summary>
    public ulong Resyncs { get; private set; }

    /// <summary>Reads what has come; true when a refusal of a request not waited for was among it.</summary>
    public bool TakeLateRefusal()
    {
        Drain();
        bool refused = _lateRefusal;
        _lateRefusal = false;
        return refused;
    }

    /// <summary>Sends one packet that has no reply.</summary>
    public GuestChannelOutcome Send(ChannelCommand command)
    {
        ChannelPackets.WriteRequest(_out, command, ScaleUnit.None, _resourceId);
        long deadline = Stopwatch.GetTimestamp() + _timeoutTicks;
        bool taken = TrySend();
        while (!taken && !_gone && Wait(deadline, forRoom: true))
        {
            taken = TrySend();
        }

        return taken ? GuestChannelOutcome.Answered : _gone ? GuestChannelOutcome.Gone : GuestChannelOutcome.Full;
    }

    /// <summary>Sends a scale request several times and takes the replies.</summary>
    /// <param name="unit">What is asked.</param>
    /// <param name="count">How often.</param>
    /// <param name="acked">Requests the host accepted; without a reply time-out, those sent.</param>
    /// <returns><see cref="GuestChannelOutcome.Answered"/> also when some were refused.</returns>
    public GuestChannelOutcome Scale(ScaleUnit unit, int count, out int acked)
    {
        acked = 0;
        if (Begin() is GuestChannelOutcome problem and not GuestChannelOutcome.Answered)
        {
            return problem;
        }

        ulong first = _number + 1;
        int sent = 0, answered = 0;
        long deadline = Stopwatch.GetTimestamp() + _timeoutTicks;
        while (answered < count)
        {
            while (sent < count && sent - answered < MostInFlight && FinishPacket() && SendScale(unit))
            {
                sent++;
            }

            bool whole = FinishPacket();
            if (_timeoutTicks == 0)
            {
                // A packet that is not whole yet must not pass for sent: only another call finishes it.
                acked = sent;
                return _gone ? GuestChannelOutcome.Gone : sent == count && whole ? GuestChannelOutcome.Answered : sent == 0 ? GuestChannelOutcome.Full : GuestChannelOutcome.Lost;
            }

            int before = answered;
            answered += Receive(unit, first, ref acked);
            if (_gone)
            {
                return GuestChannelOutcome.Gone;
            }

            deadline = answered > before ? Stopwatch.GetTimestamp() + _timeoutTicks : deadline;
            if (answered < count && !Wait(deadline, forRoom: sent == answered))
            {
                return TimeOut(sent);
            }
        }

        return GuestChannelOutcome.Answered;
    }

    /// <summary>Asks for the frequency of this lcore.</summary>
    /// <param name="kHz">What the host says; 0 when it refused, or has no figure.</param>
    public GuestChannelOutcome AskFrequency(out uint kHz)
    {
        kHz = 0;
        if (Begin() is GuestChannelOutcome problem and not GuestChannelOutcome.Answered)
        {
            return problem;
        }

        ChannelPackets.WriteRequest(_out, ChannelCommand.QueryFreq, ScaleUnit.None, _resourceId);
        ChannelPackets.WriteVmName(_out, _vmName);
        int sent = TrySend() ? 1 : 0;
        long deadline = Stopwatch.GetTimestamp() + _timeoutTicks;
        while (sent > 0 && !_gone)
        {
            while (TryReceive(out ReadOnlySpan<byte> reply))
            {
                if (reply.Length == GuestChannelAbi.FreqListBytes)
                {
                    kHz = PacketHead.Read(reply).Command == (uint)ReplyCommand.FreqList && _resourceId < GuestChannelAbi.MaxVcpus
                        ? ChannelPackets.Frequency(reply, (int)_resourceId)
                        : 0;
                    return GuestChannelOutcome.Answered;
                }

                StaleReplies++;
            }

            if (!_gone && !Wait(deadline, forRoom: false))
            {
                return TimeOut(sent);
            }

            FinishPacket();
        }

        return _gone ? GuestChannelOutcome.Gone : GuestChannelOutcome.Full;
    }

    /// <inheritdoc/>
    public void Dispose() => _port.Dispose();

    private static int Left(long deadline) => (int)Math.Max(0, Math.Ceiling((deadline - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency));

    // A half received packet whose rest did not come was torn by the host; nothing that follows may be taken for its rest.
    private GuestChannelOutcome TimeOut(int sent)
    {
        Resyncs += _end > _start ? 1u : 0u;
        _start = _end = 0;
        return sent == 0 ? GuestChannelOutcome.Full : GuestChannelOutcome.Lost;
    }

    private bool Wait(long deadline, bool forRoom)
    {
        int left = Left(deadline);
        return left > 0 && (forRoom || _written < _out.Length ? _port.WaitEither(left) : _port.WaitReadable(left));
    }

    /// <summary>Reads away what belongs to earlier requests, and finishes an earlier packet.</summary>
    private GuestChannelOutcome Begin()
    {
        _gone = false;
        Drain();
        bool finished = FinishPacket();
        return _gone ? GuestChannelOutcome.Gone : finished ? GuestChannelOutcome.Answered : GuestChannelOutcome.Full;
    }

    private bool SendScale(ScaleUnit unit)
    {
        ChannelPackets.WriteRequest(_out, ChannelCommand.CpuPower, unit, _resourceId, ((_number + 1) << 8) | TagEnd);
        bool taken = TrySend();
        _number += taken ? 1u : 0u;
        return taken;
    }

    /// <returns>False when the port took nothing; what it takes in part is finished later, before anything else.</returns>
    private bool TrySend()
    {
        int written = _port.Write(_out);
        _gone |= written < 0 && written != -LibC.EAGAIN;
        if (written <= 0)
        {
            return false;
        }

        _written = written;
        FinishPacket();
        return true;
    }

    private bool FinishPacket()
    {
        while (_written < _out.Length)
        {
            int written = _port.Write(_out.AsSpan(_written));
            if (written <= 0)
            {
                _gone |= written < 0 && written != -LibC.EAGAIN;
                return false;
            }

            _written += written;
        }

        return true;
    }

    private void Drain()
    {
        while (TryReceive(out ReadOnlySpan<byte> reply))
        {
            StaleReplies++;
            _lateRefusal |= reply.Length == GuestChannelAbi.PacketBytes && PacketHead.Read(reply).Command == (uint)ReplyCommand.Nack;
        }
    }

    private int Receive(ScaleUnit unit, ulong first, ref int acked)
    {
        int answered = 0;
        while (TryReceive(out ReadOnlySpan<byte> reply))
        {
            PacketHead head = PacketHead.Read(reply);
            ulong number = reply.Length == GuestChannelAbi.PacketBytes ? ChannelPackets.Tag(reply) >> 8 : 0;
            if (number < first || number > _number || head.Unit != (uint)unit || head.ResourceId != _resourceId)
            {
                StaleReplies++;
                continue;
            }

            answered++;
            acked += head.Command == (uint)ReplyCommand.Ack ? 1 : 0;
        }

        return answered;
    }

    private bool TryReceive(out ReadOnlySpan<byte> reply)
    {
        while (true)
        {
            ReadOnlySpan<byte> bytes = _in.AsSpan(_start, _end - _start);
            if (bytes.Length >= GuestChannelAbi.HeadBytes)
            {
                int length = ChannelPackets.ReplyBytes(PacketHead.Read(bytes));
                if (length == 0)
                {
                    Resyncs++;
                    _start = _end = 0;
                }
                else if (bytes.Length >= length)
                {
                    reply = bytes[..length];
                    _start += length;
                    return true;
                }
            }

            bytes = _in.AsSpan(_start, _end - _start);
            bytes.CopyTo(_in);
            _end = bytes.Length;
            _start = 0;
            int read = _port.Read(_in.AsSpan(_end));
            if (read <= 0)
            {
                _gone |= read != -LibC.EAGAIN;
                reply = default;
                return false;
            }

            _end += read;
        }
    }
}
