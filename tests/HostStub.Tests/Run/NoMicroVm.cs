using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Tests.Run;

/// <summary>A machine that cannot run guests.</summary>
internal sealed class NoMicroVm : IGuestFactory
{
    public IGuest Create(GuestConfig config) => throw new GuestSetupException("No micro-VM here. Use --no-vm.");
}
