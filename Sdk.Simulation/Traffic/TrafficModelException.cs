namespace PollScale.Simulation.Traffic;

/// <summary>Traffic was asked for that there is not, or with parameters out of range. The message says which and what is allowed.</summary>
public sealed class TrafficModelException(string message) : Exception(message);
