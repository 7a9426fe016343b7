namespace PollScale.HostStub.Machine;

/// <summary>A guest could not be made here. The message names the cause and the remedy in plain words; it is shown as it is.</summary>
internal sealed class GuestSetupException : Exception
{
    public GuestSetupException(string message) : base(message)
    {
    }

    public GuestSetupException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>True when the guest's file is at fault, not this machine.</summary>
    public bool IsFiles { get; init; }
}
