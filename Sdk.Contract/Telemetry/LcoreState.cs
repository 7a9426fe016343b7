namespace PollScale.Telemetry;

/// <summary>How far a polling lcore has come, as it tells in its telemetry block.</summary>
internal enum LcoreState
{
    /// <summary>Main was not reached.</summary>
    Booting = 0,

    /// <summary>Main runs and prepares.</summary>
    Starting = 1,

    /// <summary>The lcore polls: traffic may begin.</summary>
    Polling = 2,

    /// <summary>The rings are drained and the counters final.</summary>
    Done = 3,
}
