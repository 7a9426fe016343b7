namespace PollScale.HostStub.Report.Kit;

/// <summary>What a command came to, in a word.</summary>
internal enum LineStatus
{
    /// <summary>Exit code 0.</summary>
    Ok,

    /// <summary>Any other exit code.</summary>
    Failed,

    /// <summary>A signal ended it: an exit code above 128.</summary>
    Interrupted,
}
