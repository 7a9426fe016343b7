#pragma warning disable CS1591 // The man pages document these; names are linux/bpf.h's.

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int SYS_bpf = 321;

    public const int BPF_MAP_CREATE = 0;
    public const int BPF_MAP_LOOKUP_ELEM = 1;
    public const int BPF_MAP_UPDATE_ELEM = 2;
    public const int BPF_MAP_DELETE_ELEM = 3;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_PROG_TEST_RUN = 10;
    public const int BPF_RAW_TRACEPOINT_OPEN = 17;

    public const uint BPF_MAP_TYPE_HASH = 1;
    public const uint BPF_MAP_TYPE_ARRAY = 2;
    public const uint BPF_MAP_TYPE_ARRAY_OF_MAPS = 12;
    public const uint BPF_MAP_TYPE_RINGBUF = 27;
    public const uint BPF_F_RDONLY_PROG = 1 << 7;
    public const uint BPF_F_MMAPABLE = 1 << 10;
    public const ulong BPF_ANY = 0;
    public const ulong BPF_NOEXIST = 1;
    public const uint BPF_OBJ_NAME_LEN = 16;

    public const uint BPF_PROG_TYPE_RAW_TRACEPOINT = 17;
    public const byte BPF_PSEUDO_MAP_FD = 1;

    public const uint BPF_RINGBUF_BUSY_BIT = 1u << 31;
    public const uint BPF_RINGBUF_DISCARD_BIT = 1u << 30;
    public const uint BPF_RINGBUF_HDR_SZ = 8;

    // Instruction classes, sizes and modes, operations, jumps.
    public const byte BPF_LD = 0x00, BPF_LDX = 0x01, BPF_ST = 0x02, BPF_STX = 0x03, BPF_ALU = 0x04, BPF_JMP = 0x05, BPF_ALU64 = 0x07;
    public const byte BPF_W = 0x00, BPF_DW = 0x18, BPF_IMM = 0x00, BPF_MEM = 0x60;
    public const byte BPF_K = 0x00, BPF_X = 0x08;
    public const byte BPF_ADD = 0x00, BPF_SUB = 0x10, BPF_DIV = 0x30, BPF_OR = 0x40, BPF_AND = 0x50, BPF_LSH = 0x60, BPF_RSH = 0x70, BPF_MOV = 0xb0, BPF_ARSH = 0xc0;
    public const byte BPF_JA = 0x00, BPF_JEQ = 0x10, BPF_JGT = 0x20, BPF_JGE = 0x30, BPF_JNE = 0x50, BPF_JSGT = 0x60, BPF_JSGE = 0x70, BPF_CALL = 0x80, BPF_EXIT = 0x90;
    public const byte BPF_JLT = 0xa0, BPF_JLE = 0xb0, BPF_JSLT = 0xc0, BPF_JSLE = 0xd0;

    // Helpers that a program may call.
    public const int BPF_FUNC_map_lookup_elem = 1;
    public const int BPF_FUNC_ktime_get_ns = 5;
    public const int BPF_FUNC_get_smp_processor_id = 8;
    public const int BPF_FUNC_get_current_pid_tgid = 14;
    public const int BPF_FUNC_probe_write_user = 36;
    public const int BPF_FUNC_probe_read_user = 112;
    public const int BPF_FUNC_ringbuf_output = 130;
    public const int BPF_FUNC_get_current_task_btf = 158;

    /// <summary>bpf(2), which libc has no function for.</summary>
    public static int bpf(int cmd, void* attr, int size) => (int)syscall(SYS_bpf, cmd, (nint)attr, size, 0, 0, 0);
}

/// <summary>Mirrors struct bpf_insn; its two registers, of four bits each, are one byte here.</summary>
internal struct bpf_insn
{
    public byte code;
    private byte _registers;
    public short off;
    public int imm;

    /// <summary>dst_reg in bits 0 to 3, src_reg in bits 4 to 7.</summary>
    public byte Registers
    {
        readonly get => _registers;
        set => _registers = value;
    }
}

/// <summary>Mirrors the beginning of union bpf_attr for BPF_MAP_CREATE.</summary>
internal unsafe struct bpf_attr_map_create
{
    public uint map_type;
    public uint key_size;
    public uint value_size;
    public uint max_entries;
    public uint map_flags;
    public uint inner_map_fd;
    public uint numa_node;
    public fixed byte map_name[(int)LibC.BPF_OBJ_NAME_LEN];
}

/// <summary>Mirrors union bpf_attr for BPF_MAP_LOOKUP_ELEM, _UPDATE_ELEM and _DELETE_ELEM.</summary>
internal struct bpf_attr_map_elem
{
    public uint map_fd;
    private readonly uint _padding;
    public ulong key;
    public ulong value;
    public ulong flags;
}

/// <summary>Mirrors the beginning of union bpf_attr for BPF_PROG_LOAD.</summary>
internal unsafe struct bpf_attr_prog_load
{
    public uint prog_type;
    public uint insn_cnt;
    public ulong insns;
    public ulong license;
    public uint log_level;
    public uint log_size;
    public ulong log_buf;
    public uint kern_version;
    public uint prog_flags;
    public fixed byte prog_name[(int)LibC.BPF_OBJ_NAME_LEN];
}

/// <summary>Mirrors the beginning of union bpf_attr's member test, for BPF_PROG_TEST_RUN.</summary>
internal struct bpf_attr_test
{
    public uint prog_fd;
    public uint retval;
    public uint data_size_in;
    public uint data_size_out;
    public ulong data_in;
    public ulong data_out;
    public uint repeat;
    public uint duration;
    public uint ctx_size_in;
    public uint ctx_size_out;
    public ulong ctx_in;
    public ulong ctx_out;
}

/// <summary>Mirrors the beginning of union bpf_attr's member raw_tracepoint, for BPF_RAW_TRACEPOINT_OPEN.</summary>
internal struct bpf_attr_raw_tracepoint
{
    public ulong name;
    public uint prog_fd;
    private readonly uint _padding;
}
