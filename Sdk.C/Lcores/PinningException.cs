namespace PollScale.C.Lcores;

/// <summary>The calling thread is not pinned as required.</summary>
internal sealed class PinningException(string message, Exception inner) : Exception(message, inner);
