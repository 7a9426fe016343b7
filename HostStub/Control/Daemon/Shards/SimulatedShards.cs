namespace PollScale.HostStub.Daemon.Shards;

/// <summary>
/// Shards of channels whose cores are simulated. Nothing of theirs waits, so a thread for each would only switch more; but a guest that floods has
/// the CPU of its shard's thread, so there are some.
/// </summary>
internal static class SimulatedShards
{
    private const int Most = 4;

    /// <summary>How many there are.</summary>
    public static int Count { get; } = Math.Clamp(Environment.ProcessorCount, 1, Most);

    /// <summary>The shard of a guest; the same one as long as this process lives.</summary>
    public static int Of(string guest) => (int)((uint)guest.GetHashCode(StringComparison.Ordinal) % (uint)Count);
}
