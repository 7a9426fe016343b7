namespace PollScale.Placement;

/// <summary>A thread cannot run where it shall; the message says why and what to choose.</summary>
internal sealed class PlacementException(string message) : Exception(message);
