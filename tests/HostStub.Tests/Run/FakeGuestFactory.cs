using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Tests.Run;

internal sealed class FakeGuestFactory(FakeGuestMode mode) : IGuestFactory
{
    public IGuest Create(GuestConfig config) => new FakeGuest(config, mode);
}
