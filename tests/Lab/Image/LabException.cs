namespace PollScale.Lab.Image;

/// <summary>The lab cannot run here, or broke; the message says why and what to do.</summary>
public sealed class LabException(string message) : Exception(message);
