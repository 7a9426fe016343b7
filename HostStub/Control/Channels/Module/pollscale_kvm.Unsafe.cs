#pragma warning disable CS1591 // pollscale_kvm.h documents these; names are its own.

namespace PollScale.HostStub.Channels.Module;

/// <summary>Mirrors struct pollscale_kvm_grant.</summary>
// SAFETY: the frequencies lie in the struct itself; indices are checked by who writes them.
internal unsafe struct pollscale_kvm_grant
{
    public uint size;
    public uint version;
    public int tgid;
    public int tid;
    public ulong start_ticks;
    public uint vcpu;
    public uint pcpu;
    public uint flags;
    public uint pstates;
    public uint fastest;
    public uint slowest;
    public uint calls_per_second;
    public uint burst;
    public ulong reserved;
    public fixed uint khz[ModuleAbi.MAX_PSTATES];
    public ulong id;
}

/// <summary>Mirrors struct pollscale_kvm_state.</summary>
// SAFETY: the counts lie in the struct itself.
internal unsafe struct pollscale_kvm_state
{
    public uint size;
    public uint version;
    public ulong id;
    public uint live;
    public int wish;
    public ulong last_call_ns;
    public fixed ulong calls[ModuleAbi.VERDICTS];
}

/// <summary>Mirrors struct pollscale_kvm_rest.</summary>
internal struct pollscale_kvm_rest
{
    public uint size;
    public uint version;
    public ulong id;
    public ulong last_call_ns;
    public uint khz;
    public uint reserved;
}

/// <summary>Mirrors struct pollscale_kvm_record.</summary>
internal struct pollscale_kvm_record
{
    public ulong time_ns;
    public ulong grant;
    public long argument;
    public long reply;
    public ulong lost;
    public uint vcpu;
    public uint pcpu;
    public uint cpu;
    public uint khz;
    public int pstate;
    public ushort op;
    public byte verdict;
    public byte reason;
}
