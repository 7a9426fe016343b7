namespace PollScale.HostStub.Bench.Paths;

/// <summary>What a <see cref="TraceEvent"/> is about.</summary>
internal enum TraceEventKind
{
    /// <summary>A guest marked a burst.</summary>
    Burst,

    /// <summary>A guest told part of a label.</summary>
    Label,

    /// <summary>A pCPU's frequency has been set: the driver has written its register.</summary>
    Frequency,
}
