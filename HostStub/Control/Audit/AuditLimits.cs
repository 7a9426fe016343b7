namespace PollScale.HostStub.Audit;

/// <summary>How much room an audit log takes: at most one file more than <see cref="Keep"/>, each of <see cref="MostBytes"/>.</summary>
/// <param name="MostBytes">Length at which the file becomes FILE.1 and a new one is begun, 4 KiB to 1 TiB; 0 for never.</param>
/// <param name="Keep">Former files kept, FILE.1 the youngest, 1 to 1000; the oldest goes.</param>
internal readonly record struct AuditLimits(long MostBytes, int Keep)
{
    /// <summary>64 MiB, some 250,000 decisions, and four former files.</summary>
    public static AuditLimits Default { get; } = new(64L << 20, 4);

    /// <summary>True when a line does not fit any more.</summary>
    public bool IsFull(long length, int line) => MostBytes > 0 && length > 0 && length + line > MostBytes;
}
