using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>How to reach the host over DPDK's guest channel.</summary>
public sealed record GuestChannelOptions : FrequencyTransportOptions
{
    /// <summary>The lcore: number in the port's name and resource_id of every packet. The default is 0.</summary>
    public int Lcore { get; init; }

    /// <summary>Device of the port; null, the default, finds it by <see cref="Lcore"/>.</summary>
    public string? Path { get; init; }

    /// <summary>Folder that stands for "/" in the search of the port. The default is "/".</summary>
    public string Root { get; init; } = "/";

    /// <summary>
    /// P-states of the host, whose fastest and slowest allowed are what the host's MAX and MIN reach. The channel cannot tell them; null, the
    /// default, learns them at the start by stepping from the fastest to the slowest and asking for the frequency after each step, which the host must allow.
    /// </summary>
    public PStateTable? PStates { get; init; }

    /// <summary>The VM's name as the host knows it: DPDK's daemon looks it up in queries, hoststub does not read it. At most 31 characters of ASCII; the default is empty.</summary>
    public string GuestName { get; init; } = "";

    /// <summary>
    /// Longest time a call waits for the host's reply; at most 10 s. The default is 10 ms, as in librte_power. Zero does not wait: every request counts as
    /// granted, until a refusal found later makes the next request start from MAX.
    /// </summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks after each change for the frequency that results, and reports that; one more round trip. The default is false.</summary>
    public bool ReadBack { get; init; }

    internal void Validate()
    {
        if (Lcore is < 0 or > 65535)
        {
            throw new ArgumentOutOfRangeException(nameof(Lcore), Lcore, "An lcore is numbered 0 .. 65535.");
        }

        if (ReplyTimeout < TimeSpan.Zero || ReplyTimeout > TimeSpan.FromSeconds(10))
        {
            throw new ArgumentOutOfRangeException(nameof(ReplyTimeout), ReplyTimeout, "The reply time-out is 0 to 10 s.");
        }

        if (ReplyTimeout == TimeSpan.Zero && (PStates is null || ReadBack))
        {
            throw new ArgumentException("Without a reply time-out nothing can be asked: give the P-states, and no ReadBack.");
        }

        if (GuestName.Length > 31 || GuestName.Any(c => c is < ' ' or > '~'))
        {
            throw new ArgumentException("A VM's name has at most 31 printable ASCII characters in the guest channel.");
        }
    }
}
