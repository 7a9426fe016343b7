namespace PollScale.HostStub.Machine;

/// <summary>Makes guests of one kind.</summary>
internal interface IGuestFactory
{
    /// <summary>Makes a guest that does not run yet.</summary>
    /// <exception cref="GuestSetupException">This machine or this ELF cannot be used; the message says what to do.</exception>
    IGuest Create(GuestConfig config);
}
