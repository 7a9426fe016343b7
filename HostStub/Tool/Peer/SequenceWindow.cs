namespace PollScale.HostStub.Peer;

/// <summary>Remembers which of the newest sequence numbers came back, so that each counts once. Allocates nothing after it was made.</summary>
/// <param name="size">Numbers that are remembered, from the newest on: a power of two, 64 or more. The usual is more than rings and a forwarder's buffers hold.</param>
internal sealed class SequenceWindow(int size = SequenceWindow.UsualSize)
{
    /// <summary>The usual size.</summary>
    public const int UsualSize = 1 << 22;

    private const int WordBits = 64;
    private readonly ulong _size = (ulong)size;
    private readonly ulong[] _seen = new ulong[size / WordBits];
    private ulong _next;

    /// <summary>Notes that a number came back.</summary>
    public Arrival Take(ulong sequence)
    {
        if (sequence >= _next)
        {
            Forget(sequence);
            Bits(sequence) |= Bit(sequence);
            _next = sequence + 1;
            return Arrival.InOrder;
        }

        if (_next - sequence > _size || (Bits(sequence) & Bit(sequence)) != 0)
        {
            return Arrival.Repeated;
        }

        Bits(sequence) |= Bit(sequence);
        return Arrival.Late;
    }

    // The places of the numbers up to this one are those of numbers that leave the window.
    private void Forget(ulong sequence)
    {
        if (sequence - _next >= _size)
        {
            Array.Clear(_seen);
            return;
        }

        for (ulong left = _next; left <= sequence; left++)
        {
            Bits(left) &= ~Bit(left);
        }
    }

    private ref ulong Bits(ulong sequence) => ref _seen[sequence % _size / WordBits];

    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % WordBits);
}
