#pragma warning disable CS1591 // The man pages document these; names are linux/perf_event.h's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const uint PERF_TYPE_TRACEPOINT = 2;
    public const ulong PERF_SAMPLE_TID = 1 << 1;
    public const ulong PERF_SAMPLE_CPU = 1 << 7;
    public const ulong PERF_SAMPLE_RAW = 1 << 10;
    public const ulong PERF_FORMAT_LOST = 1 << 4; // Linux 6.0
    public const uint PERF_RECORD_LOST = 2;
    public const uint PERF_RECORD_SAMPLE = 9;
    public const uint PERF_FLAG_FD_CLOEXEC = 8;
    public const uint PERF_ATTR_SIZE_VER0 = 64;
    public const uint PERF_EVENT_IOC_ENABLE = 0x2400;
    public const uint PERF_EVENT_IOC_SET_FILTER = 0x40082406;

    /// <summary>perf_event_open(2), which libc has no function for.</summary>
    public static int perf_event_open(perf_event_attr* attr, int pid, int cpu, int group_fd, uint flags) =>
        (int)syscall(SYS_perf_event_open, (nint)attr, pid, cpu, group_fd, (nint)flags, 0);
}

/// <summary>Mirrors the first 64 bytes of struct perf_event_attr: PERF_ATTR_SIZE_VER0, which every kernel takes. Its bit fields are one word here.</summary>
internal struct perf_event_attr
{
    public uint type;
    public uint size;
    public ulong config;
    public ulong sample_period;
    public ulong sample_type;
    public ulong read_format;
    private ulong _flags;
    public uint wakeup_events;
    public uint bp_type;
    public ulong config1;

    /// <summary>The bit fields, bit 0 the first.</summary>
    public ulong Flags
    {
        readonly get => _flags;
        set => _flags = value;
    }
}

/// <summary>Mirrors struct perf_event_header.</summary>
internal struct perf_event_header
{
    public uint type;
    public ushort misc;
    public ushort size;
}

/// <summary>Mirrors the part of struct perf_event_mmap_page that a reader of the ring needs.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct perf_event_mmap_page
{
    [FieldOffset(1024)]
    public ulong data_head;

    [FieldOffset(1032)]
    public ulong data_tail;
}
