using System.Runtime.InteropServices;

namespace PollScale.HostStub.Kvm.Abi;

/// <summary>Mirrors struct kvm_cpuid_entry2 (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only, padding that nobody reads.
internal unsafe struct kvm_cpuid_entry2
{
    public uint function;
    public uint index;
    public uint flags;
    public uint eax, ebx, ecx, edx;
    public fixed uint padding[3];
}

/// <summary>Mirrors struct kvm_msr_entry (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_msr_entry
{
    public uint index;
    public uint reserved;
    public ulong data;
}

/// <summary>Mirrors struct kvm_xcr (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_xcr
{
    public uint xcr;
    public uint reserved;
    public ulong value;
}

/// <summary>Mirrors struct kvm_xcrs (asm/kvm.h); of its 16 registers only the first, XCR0, exists.</summary>
[StructLayout(LayoutKind.Explicit, Size = 392)]
internal struct kvm_xcrs
{
    [FieldOffset(0)] public uint nr_xcrs;
    [FieldOffset(4)] public uint flags;
    [FieldOffset(8)] public kvm_xcr xcr0;
}

/// <summary>Mirrors struct kvm_device_attr (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_device_attr
{
    public uint flags;
    public uint group;
    public ulong attr;
    public ulong addr;
}

/// <summary>Mirrors struct kvm_xsave (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential, Size = 4096)]
// SAFETY: a fixed buffer only; its size is what counts.
internal unsafe struct kvm_xsave
{
    public fixed uint region[1024];
}
