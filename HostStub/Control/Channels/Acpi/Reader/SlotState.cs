namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>What the reader process knows of a debug port's socket.</summary>
internal enum SlotState
{
    /// <summary>Nothing so far: it has not tried, or there is no reader at the moment.</summary>
    Unknown,

    /// <summary>Connected.</summary>
    Connected,

    /// <summary>Not connected: there is no VM.</summary>
    Absent,
}
