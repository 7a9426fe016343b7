using System.Runtime.InteropServices;

namespace PollScale.HostStub.Kvm.Abi;

/// <summary>Mirrors struct kvm_userspace_memory_region (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_userspace_memory_region
{
    public uint slot;
    public uint flags;
    public ulong guest_phys_addr;
    public ulong memory_size;
    public ulong userspace_addr;
}

/// <summary>Mirrors struct kvm_xen_hvm_config (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only, padding that KVM wants to be zero.
internal unsafe struct kvm_xen_hvm_config
{
    public uint flags;
    public uint msr;
    public ulong blob_addr_32;
    public ulong blob_addr_64;
    public byte blob_size_32;
    public byte blob_size_64;
    public fixed byte pad2[30];
}
