namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>What the program does.</summary>
internal enum RunMode
{
    /// <summary>Forward the packets of a region.</summary>
    Forward,

    /// <summary>Show the usage.</summary>
    Help,

    /// <summary>Tell when Main began, and end.</summary>
    Boot,

    /// <summary>Say which transports are usable.</summary>
    Transports,

    /// <summary>Ask for P-states one after another.</summary>
    SetPStates,
}
