using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Vm;

/// <summary>Makes micro-VMs on /dev/kvm, which is opened with the first.</summary>
internal sealed class MicroVmFactory : IGuestFactory, IDisposable
{
    private KvmSystem? _kvm;

    /// <inheritdoc/>
    public IGuest Create(GuestConfig config)
    {
        try
        {
            _kvm ??= KvmSystem.Open();
            ElfImage image = ElfImage.Load(config.Elf);
            CpuLevel.Check(image.IsaNeeded, Cpuid.Read);
            return new MicroVm(_kvm, image, config);
        }
        catch (Exception e) when (e is KvmException or ElfException or ArgumentException or InvalidOperationException)
        {
            throw new GuestSetupException(e.Message, e) { IsFiles = e is ElfException };
        }
    }

    public void Dispose() => _kvm?.Dispose();
}
