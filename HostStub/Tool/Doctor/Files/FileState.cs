namespace PollScale.HostStub.Doctor.Files;

/// <summary>What became of reading a file.</summary>
internal enum FileState
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>It is there, or may be, and cannot be read.</summary>
    Unreadable,
}
