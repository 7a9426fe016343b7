namespace PollScale.Memif.Control;

/// <summary>A memif socket or port cannot be had as it was asked for; the message says why and what to do.</summary>
/// <param name="message">The sentence shown to the user.</param>
/// <param name="cause">The cause, if there is one.</param>
internal sealed class MemifException(string message, Exception? cause = null) : Exception(message, cause);
