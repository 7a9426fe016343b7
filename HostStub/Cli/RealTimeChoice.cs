namespace PollScale.HostStub.Cli;

/// <summary>Whether polling threads run with SCHED_FIFO.</summary>
internal enum RealTimeChoice
{
    /// <summary>Where it is permitted and cannot lock the machine up.</summary>
    Auto,

    /// <summary>Always; not being permitted is an error.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
