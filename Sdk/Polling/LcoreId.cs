namespace PollScale.Polling;

/// <summary>The CPU a polling thread is pinned to, as this machine (the guest) numbers it.</summary>
/// <param name="Cpu">CPU number, or -1 when the thread is pinned to none.</param>
public readonly record struct LcoreId(int Cpu)
{
    /// <summary>A thread that is pinned to no single CPU.</summary>
    public static LcoreId Unpinned => new(-1);

    /// <summary>True when the thread is pinned to exactly one CPU.</summary>
    public bool IsPinned => Cpu >= 0;

    /// <inheritdoc/>
    public override string ToString() => IsPinned ? $"lcore {Cpu}" : "an unpinned lcore";
}
