namespace PollScale.GuestProbe.CommandLine;

/// <summary>What the program does.</summary>
internal enum ProbeMode
{
    /// <summary>Show the usage.</summary>
    Help,

    /// <summary>Tell when Main began, and end.</summary>
    Boot,

    /// <summary>Time a poll-like loop.</summary>
    BenchLoop,

    /// <summary>Time frequency calls.</summary>
    BenchCalls,

    /// <summary>Time requests that are left with the host.</summary>
    BenchPosts,

    /// <summary>Tell a scaler of recorded polls.</summary>
    BenchPolls,

    /// <summary>Forward recorded frames.</summary>
    BenchForward,

    /// <summary>Sleep, and tell how late sleeps end.</summary>
    BenchSleeps,

    /// <summary>Mark bursts for who traces the host, and ask for the fastest P-state.</summary>
    BenchBursts,

    /// <summary>Exercise the runtime: threads, GC, exceptions.</summary>
    SelfTest,

    /// <summary>Show what the host offers and how it answers.</summary>
    Probe,
}
