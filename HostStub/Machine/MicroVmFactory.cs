using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Kvm;

namespace PollScale.HostStub.Machine;

/// <summary>Makes micro-VMs on /dev/kvm.</summary>
internal sealed class MicroVmFactory : IGuestFactory, IDisposable
{
    private readonly KvmSystem _kvm;

    /// <exception cref="GuestSetupException">/dev/kvm is not usable.</exception>
    public MicroVmFactory()
    {
        try
        {
            _kvm = KvmSystem.Open();
        }
        catch (KvmException e)
        {
            throw new GuestSetupException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public IGuest Create(GuestConfig config)
    {
        try
        {
            return new MicroVm(_kvm, ElfImage.Load(config.Elf), config);
        }
        catch (Exception e) when (e is KvmException or ElfException or ArgumentException or InvalidOperationException)
        {
            throw new GuestSetupException(e.Message, e);
        }
    }

    public void Dispose() => _kvm.Dispose();
}
