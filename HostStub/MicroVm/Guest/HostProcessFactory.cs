using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Guest;

/// <summary>Makes guests that are plain processes of this host: no isolation, no exits, for machines without /dev/kvm.</summary>
internal sealed class HostProcessFactory : IGuestFactory
{
    /// <inheritdoc/>
    public IGuest Create(GuestConfig config) => new HostProcess(config);
}
