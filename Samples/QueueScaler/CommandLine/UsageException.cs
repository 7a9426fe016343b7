namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>The command line is wrong; the message names the option and what it takes.</summary>
internal sealed class UsageException(string message) : Exception(message);
