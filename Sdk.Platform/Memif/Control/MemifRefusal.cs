namespace PollScale.Memif.Control;

/// <summary>A peer is refused: its message, its memory or its rings are not as they must be.</summary>
/// <param name="reason">What the peer is told, at most 95 characters.</param>
/// <param name="remedy">What who runs it may do, told here beside the reason; empty for nothing.</param>
internal sealed class MemifRefusal(string reason, string remedy = "") : Exception(reason)
{
    /// <summary>The reason with its remedy.</summary>
    public string Told => remedy.Length == 0 ? $"{Message}." : $"{Message}: {remedy}.";
}
