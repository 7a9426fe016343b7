namespace PollScale.HostStub.Guests;

/// <summary>What runs a VM, and in whose form it is told what to add.</summary>
internal enum VmManager
{
    /// <summary>Arguments of qemu-system-x86_64.</summary>
    Qemu,

    /// <summary>Elements of libvirt's domain XML.</summary>
    Libvirt,
}
