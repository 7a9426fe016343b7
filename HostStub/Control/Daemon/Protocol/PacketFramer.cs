using PollScale.GuestChannel;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>
/// Cuts a byte stream into packets of 464 bytes, and finds the next packet again after one was torn: where the head of another lies
/// inside, where a head makes no sense, or when the rest does not come in time. Holds a fixed number of bytes whatever comes.
/// </summary>
internal sealed class PacketFramer
{
    /// <summary>Packets taken in at once: what a channel may ask before the others have their turn.</summary>
    public const int PacketsPerTurn = 4;

    private const int Tail = GuestChannelAbi.HeadBytes - 1;
    private readonly byte[] _bytes = new byte[PacketsPerTurn * GuestChannelAbi.PacketBytes];
    private int _start;
    private int _end;
    private bool _searching;

    /// <summary>Times the next packet was found again after a torn one.</summary>
    public ulong Resyncs { get; private set; }

    /// <summary>Bytes that belonged to no packet.</summary>
    public ulong Discarded { get; private set; }

    /// <summary>True while bytes wait for more, or a head is searched.</summary>
    public bool IsWaiting => _searching || _end > _start;

    /// <summary>Room for bytes to read; never empty once <see cref="TryNext"/> gave false.</summary>
    public Span<byte> Free()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        return _bytes.AsSpan(_end);
    }

    /// <summary>Counts bytes put into <see cref="Free"/>.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Takes the next packet.</summary>
    /// <param name="packet">464 bytes, valid until <see cref="Free"/>; an unknown command is given too, once, so that it can be refused.</param>
    /// <returns>False when no whole packet is there.</returns>
    public bool TryNext(out ReadOnlySpan<byte> packet)
    {
        while (true)
        {
            ReadOnlySpan<byte> bytes = _bytes.AsSpan(_start, _end - _start);
            if (_searching && !Search(bytes))
            {
                break;
            }

            bytes = _bytes.AsSpan(_start, _end - _start);
            if (bytes.Length < GuestChannelAbi.PacketBytes)
            {
                break;
            }

            packet = bytes[..GuestChannelAbi.PacketBytes];
            PacketHead head = PacketHead.Read(packet);
            bool known = HeadCheck.IsKnown(head);
            ReadOnlySpan<byte> seen = bytes[..Math.Min(bytes.Length, GuestChannelAbi.PacketBytes + Tail)];
            int inside = known ? HeadCheck.FindInside(seen, head) : HeadCheck.Find(seen, 1);
            if (inside > 0)
            {
                Discard(inside);
                Resyncs++;
                continue;
            }

            // The end of an unknown packet may be the beginning of a head.
            _start += known ? GuestChannelAbi.PacketBytes : GuestChannelAbi.PacketBytes - Tail;
            _searching = !known;
            return true;
        }

        packet = default;
        return false;
    }

    /// <summary>Gives up what waits: its rest did not come in time.</summary>
    /// <returns>True when a packet was lost by it.</returns>
    public bool TimeOut()
    {
        bool torn = !_searching && _end > _start;
        Discard(_end - _start);
        _searching = false;
        return torn;
    }

    /// <summary>Forgets everything, for a new connection.</summary>
    public void Reset()
    {
        _start = _end = 0;
        _searching = false;
    }

    private bool Search(ReadOnlySpan<byte> bytes)
    {
        int at = HeadCheck.Find(bytes, 0);
        Discard(at >= 0 ? at : Math.Max(0, bytes.Length - Tail));
        if (at >= 0)
        {
            _searching = false;
            Resyncs++;
        }

        return at >= 0;
    }

    private void Discard(int count)
    {
        _start += count;
        Discarded += (ulong)count;
    }
}
