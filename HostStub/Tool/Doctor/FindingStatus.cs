namespace PollScale.HostStub.Doctor;

/// <summary>How a finding is to be taken.</summary>
internal enum FindingStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but slower, less exactly or less safely than it could.</summary>
    Warning,

    /// <summary>Does not work as it is.</summary>
    Problem,

    /// <summary>This machine does not have it, or does not show it.</summary>
    NotHere,
}
