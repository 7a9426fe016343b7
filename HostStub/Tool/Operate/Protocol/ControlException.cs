namespace PollScale.HostStub.Operate.Protocol;

/// <summary>A daemon cannot be asked, or refuses; the message says why and what to do. It is the machine's failure, not a defect.</summary>
internal sealed class ControlException(string message) : IOException(message);
