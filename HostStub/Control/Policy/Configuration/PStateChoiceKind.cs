namespace PollScale.HostStub.Policy.Configuration;

/// <summary>How a policy names a P-state.</summary>
internal enum PStateChoiceKind
{
    /// <summary>Not named: the default of its place.</summary>
    Unset,

    /// <summary>By its index in the pCPU's table, 0 the fastest.</summary>
    Index,

    /// <summary>By a frequency in kHz.</summary>
    Frequency,

    /// <summary>None: what is in force stays.</summary>
    Keep,
}
