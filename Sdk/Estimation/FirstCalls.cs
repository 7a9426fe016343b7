using PollScale.Clock;

namespace PollScale.Polling;

/// <summary>What the first calls to the host took: what is planned with until more were made. The very first may find caches and pages cold, so that a long one is not believed alone.</summary>
internal struct FirstCalls
{
    /// <summary>A call that takes no longer is no surprise: a little more than an exit to the host's user space, and what is planned with where none was measured.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMicroseconds(5);

    private const int Most = 3;
    private readonly ulong _short;
    private ulong _second;
    private int _count;

    /// <param name="frequency">Unit of ticks.</param>
    public FirstCalls(TscFrequency frequency) => _short = frequency.FromTimeSpan(Short);

    /// <summary>Another one would tell more.</summary>
    public readonly bool Wanted => _count == 0 || (_count < Most && Longest > _short);

    /// <summary>Ticks of the longest; 0 while there is none.</summary>
    public ulong Longest { get; private set; }

    /// <summary>Ticks of the median of three, or of the only one; null while there is none.</summary>
    public readonly ulong? Typical => _count == 0 ? null : _count == 1 ? Longest : _second;

    /// <summary>Takes in a round trip.</summary>
    /// <param name="ticks">Ticks that it took.</param>
    public void Add(ulong ticks)
    {
        _count++;
        (_second, Longest) = ticks >= Longest ? (Longest, ticks) : (Math.Max(_second, ticks), Longest);
    }
}
