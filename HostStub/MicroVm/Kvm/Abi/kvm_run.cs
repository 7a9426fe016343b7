using System.Runtime.InteropServices;

namespace PollScale.HostStub.Kvm.Abi;

/// <summary>
/// Mirrors struct kvm_run (linux/kvm.h): the page a vCPU shares with its VMM. The exit union's members used here lie at their
/// own offsets; which of them is valid depends on <see cref="exit_reason"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2352)]
// SAFETY: fixed buffers only; used in place, in the page that KVM maps.
internal unsafe struct kvm_run
{
    [FieldOffset(0)] public byte request_interrupt_window;
    [FieldOffset(1)] public byte immediate_exit;
    [FieldOffset(8)] public KvmExit exit_reason;
    [FieldOffset(12)] public byte ready_for_interrupt_injection;
    [FieldOffset(13)] public byte if_flag;
    [FieldOffset(14)] public ushort flags;
    [FieldOffset(16)] public ulong cr8;
    [FieldOffset(24)] public ulong apic_base;

    [FieldOffset(32)] public kvm_exit_hw hw;
    [FieldOffset(32)] public kvm_exit_fail_entry fail_entry;
    [FieldOffset(32)] public kvm_exit_io io;
    [FieldOffset(32)] public kvm_exit_mmio mmio;
    [FieldOffset(32)] public kvm_exit_internal @internal;
    [FieldOffset(32)] public kvm_xen_exit xen;

    [FieldOffset(288)] public ulong kvm_valid_regs;
    [FieldOffset(296)] public ulong kvm_dirty_regs;
    [FieldOffset(304)] public kvm_regs s_regs;
}

/// <summary>Mirrors kvm_run.hw.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_exit_hw
{
    public ulong hardware_exit_reason;
}

/// <summary>Mirrors kvm_run.fail_entry.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_exit_fail_entry
{
    public ulong hardware_entry_failure_reason;
    public uint cpu;
}

/// <summary>Mirrors kvm_run.io.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct kvm_exit_io
{
    public byte direction;
    public byte size;
    public ushort port;
    public uint count;
    public ulong data_offset;
}

/// <summary>Mirrors kvm_run.mmio.</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer of the eight bytes that an access has at most.
internal unsafe struct kvm_exit_mmio
{
    public ulong phys_addr;
    public fixed byte data[8];
    public uint len;
    public byte is_write;
}

/// <summary>Mirrors kvm_run.internal.</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only.
internal unsafe struct kvm_exit_internal
{
    public uint suberror;
    public uint ndata;
    public fixed ulong data[16];
}

/// <summary>Mirrors struct kvm_xen_exit, its hypercall member.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
// SAFETY: a fixed buffer of the hypercall's six arguments.
internal unsafe struct kvm_xen_exit
{
    [FieldOffset(0)] public uint type;
    [FieldOffset(8)] public uint longmode;
    [FieldOffset(12)] public uint cpl;
    [FieldOffset(16)] public ulong input;
    [FieldOffset(24)] public ulong result;
    [FieldOffset(32)] public fixed ulong @params[6];
}
