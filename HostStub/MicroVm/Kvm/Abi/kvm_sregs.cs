using System.Runtime.InteropServices;

namespace PollScale.HostStub.Kvm.Abi;

/// <summary>Mirrors struct kvm_segment (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_segment
{
    public ulong @base;
    public uint limit;
    public ushort selector;
    public byte type;
    public byte present, dpl, db, s, l, g, avl;
    public byte unusable;
    public byte padding;
}

/// <summary>Mirrors struct kvm_dtable (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only, padding that nobody reads.
internal unsafe struct kvm_dtable
{
    public ulong @base;
    public ushort limit;
    public fixed ushort padding[3];
}

/// <summary>Mirrors struct kvm_sregs (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only, the bitmap of pending interrupts.
internal unsafe struct kvm_sregs
{
    public kvm_segment cs, ds, es, fs, gs, ss;
    public kvm_segment tr, ldt;
    public kvm_dtable gdt, idt;
    public ulong cr0, cr2, cr3, cr4, cr8;
    public ulong efer;
    public ulong apic_base;
    public fixed ulong interrupt_bitmap[4];
}
