namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>A routes file cannot be read or is not valid; the message has a line for each mistake, FILE:LINE:COLUMN first.</summary>
internal sealed class RouteFileException(string message) : Exception(message);
