namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Governors that the command line offers.</summary>
internal enum GovernorKind
{
    /// <summary>The slowest P-state with which waiting packets meet their delay bound.</summary>
    OptimalAvailable,

    /// <summary>The slowest P-state that drains the backlog in time.</summary>
    DrainTime,

    /// <summary>Always the fastest allowed P-state.</summary>
    Max,

    /// <summary>Always the slowest allowed P-state.</summary>
    Min,

    /// <summary>Always one P-state.</summary>
    Index,
}
