namespace PollScale.HostStub.Policy;

/// <summary>No pCPU of a policy can be used on this machine. The message has a line for each, with its place in the policy.</summary>
internal sealed class HostUnusableException(string message) : Exception(message);
