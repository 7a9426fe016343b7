namespace PollScale.HostStub.Policy;

/// <summary>What one guest may do.</summary>
internal sealed record PolicyOptions
{
    /// <summary>Fastest P-state index allowed; the default is 0.</summary>
    public int Fastest { get; init; }

    /// <summary>Slowest P-state index allowed; null, the default, is the table's last.</summary>
    public int? Slowest { get; init; }

    /// <summary>Calls a second, on average. The default is 20,000; 1 .. 100,000,000.</summary>
    public int CallsPerSecond { get; init; } = 20_000;

    /// <summary>Calls that may come at once. The default is 200; 1 .. 1,000,000.</summary>
    public int Burst { get; init; } = 200;

    /// <summary>
    /// False answers every call that would change the P-state with EPERM. The default, null, grants emulated P-states, which
    /// touch no one else, and refuses real ones.
    /// </summary>
    public bool? Granted { get; init; }

    /// <summary>Checks the options against a table.</summary>
    /// <param name="pStates">Number of P-states.</param>
    /// <returns>A sentence for the user, or null when all is well.</returns>
    public string? Check(int pStates)
    {
        int slowest = Slowest ?? pStates - 1;
        if (Fastest < 0 || Fastest >= pStates)
        {
            return $"Fastest P-state {Fastest}: the table has P-states 0 (fastest) to {pStates - 1}.";
        }

        if (slowest < 0 || slowest >= pStates)
        {
            return $"Slowest P-state {slowest}: the table has P-states 0 (fastest) to {pStates - 1}.";
        }

        if (Fastest > slowest)
        {
            return $"Fastest P-state {Fastest} is slower than slowest P-state {slowest}: 0 is the fastest, so fastest must not exceed slowest.";
        }

        return CallsPerSecond is < 1 or > 100_000_000 || Burst is < 1 or > 1_000_000
            ? $"A budget of {CallsPerSecond} calls/s, {Burst} at once: allowed are 1 to 100000000 calls/s and 1 to 1000000 at once."
            : null;
    }
}
