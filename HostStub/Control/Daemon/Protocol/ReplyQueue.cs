using PollScale.GuestChannel;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>
/// Replies that the other end has not read. librte_power reads none of them, so when it is full the oldest whole one goes: a guest that does
/// read wants the newest. A reply of which a part is sent stays, so that no packet is torn.
/// </summary>
internal sealed class ReplyQueue
{
    /// <summary>Replies held.</summary>
    public const int Capacity = 32;

    // One more than it holds: the slot being written.
    private const int Slots = Capacity + 1;

    private readonly byte[] _bytes = new byte[Slots * GuestChannelAbi.PacketBytes];
    private readonly int[] _lengths = new int[Slots];
    private int _head;
    private int _count;
    private int _sent;

    /// <summary>Replies given up.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>True when all is sent.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Room for the next reply; it counts with <see cref="Commit"/>.</summary>
    public Span<byte> Next() => Slot((_head + _count) % Slots);

    /// <summary>Appends what was written to <see cref="Next"/>.</summary>
    public void Commit(int length)
    {
        _lengths[(_head + _count) % Slots] = length;
        _count++;
        if (_count > Capacity)
        {
            DropOldest();
        }
    }

    /// <summary>What is left of the oldest reply.</summary>
    public ReadOnlySpan<byte> Unsent => Slot(_head)[_sent.._lengths[_head]];

    /// <summary>Counts bytes of <see cref="Unsent"/> as sent.</summary>
    public void Sent(int bytes)
    {
        _sent += bytes;
        if (_sent == _lengths[_head])
        {
            RemoveHead();
        }
    }

    /// <summary>Forgets what no part is sent of: its reader is gone.</summary>
    public void ForgetUnsent() => _count = _sent > 0 ? 1 : 0;

    /// <summary>Forgets all, for a new connection.</summary>
    public void Reset()
    {
        _head = _count = _sent = 0;
    }

    private void DropOldest()
    {
        Dropped++;
        if (_sent == 0)
        {
            RemoveHead();
            return;
        }

        // The second oldest goes: the begun one takes its place.
        int second = (_head + 1) % Slots;
        Slot(_head).CopyTo(Slot(second));
        _lengths[second] = _lengths[_head];
        _head = second;
        _count--;
    }

    private void RemoveHead()
    {
        _head = (_head + 1) % Slots;
        _count--;
        _sent = 0;
    }

    private Span<byte> Slot(int index) => _bytes.AsSpan(index * GuestChannelAbi.PacketBytes, GuestChannelAbi.PacketBytes);
}
