using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Cli;

/// <summary>Stands in where no micro-VM is built in.</summary>
internal sealed class NoMicroVm : IGuestFactory
{
    /// <inheritdoc/>
    public IGuest Create(GuestConfig config) => throw new GuestSetupException("This build has no micro-VM. Use --no-vm.");
}
