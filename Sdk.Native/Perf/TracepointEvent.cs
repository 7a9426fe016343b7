using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>A tracepoint watched on one thread (perf_event_open(2)): each time the thread passes it, a record in a ring and a wake-up.</summary>
// SAFETY: the ring's pages are mapped until disposal, after which nobody reads them; the kernel reads one structure on the stack and a string that ends with its zero.
internal sealed unsafe class TracepointEvent : IRecordSource
{
    private const int DataPages = 1; // some 50 records, which is what a reader that is behind needs to know

    private readonly MappedRegion _mapped;
    private readonly bool _countsLost;

    private TracepointEvent(StreamDescriptor descriptor, MappedRegion mapped, bool countsLost)
    {
        (Descriptor, _mapped, _countsLost) = (descriptor, mapped, countsLost);
        Ring = new PerfRing(mapped.Address, Environment.SystemPageSize, DataPages * Environment.SystemPageSize);
    }

    /// <inheritdoc/>
    public StreamDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public PerfRing Ring { get; }

    /// <inheritdoc/>
    public ulong Lost
    {
        get
        {
            Span<ulong> counts = stackalloc ulong[2]; // how often the thread passed, and what was lost
            return _countsLost && Descriptor.Read(MemoryMarshal.AsBytes(counts)) == counts.Length * sizeof(ulong) ? counts[1] : 0;
        }
    }

    /// <inheritdoc/>
    public bool HasEnded
    {
        get
        {
            pollfd wanted = new() { fd = Descriptor.Fd };
            return LibC.poll(&wanted, 1, 0) > 0 && (wanted.revents & LibC.POLLHUP) != 0;
        }
    }

    /// <summary>Watches from now on.</summary>
    /// <param name="tracepoint">Its number.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="filter">Which records, as in "nr >= 1 &amp;&amp; nr &lt; 3"; null for all.</param>
    /// <exception cref="Win32Exception">The system refused; its error number says why: EACCES or EPERM for want of rights, ESRCH where the thread has ended, EINVAL for the filter.</exception>
    public static TracepointEvent Open(int tracepoint, int thread, string? filter) => Open(tracepoint, thread, filter, LibC.PERF_FORMAT_LOST);

    /// <summary>As above, with another bit for what the kernel is asked to count; one that it does not know leaves <see cref="Lost"/> at 0.</summary>
    internal static TracepointEvent Open(int tracepoint, int thread, string? filter, ulong lostFormat)
    {
        perf_event_attr attributes = new()
        {
            type = LibC.PERF_TYPE_TRACEPOINT,
            size = LibC.PERF_ATTR_SIZE_VER0,
            config = (ulong)tracepoint,
            sample_period = 1,
            sample_type = LibC.PERF_SAMPLE_TID | LibC.PERF_SAMPLE_CPU | LibC.PERF_SAMPLE_RAW,
            read_format = lostFormat,
            wakeup_events = 1,
            Flags = 1, // disabled, until the filter and the ring are there
        };
        int fd = LibC.perf_event_open(&attributes, thread, -1, -1, LibC.PERF_FLAG_FD_CLOEXEC);
        if (fd < 0 && LibC.errno == LibC.EINVAL)
        {
            attributes.read_format = 0; // a kernel before 6.0
            fd = LibC.perf_event_open(&attributes, thread, -1, -1, LibC.PERF_FLAG_FD_CLOEXEC);
        }

        StreamDescriptor descriptor = fd < 0 ? throw Errno.Failure("perf_event_open") : new StreamDescriptor(fd);
        MappedRegion? mapped = null;
        try
        {
            SetFilter(fd, filter);
            mapped = MappedRegion.Map(fd, 0, (nuint)((1 + DataPages) * Environment.SystemPageSize), LibC.PROT_READ | LibC.PROT_WRITE, "a perf event's ring");
            return LibC.ioctl(fd, LibC.PERF_EVENT_IOC_ENABLE, null) == 0 ? new TracepointEvent(descriptor, mapped, attributes.read_format != 0) : throw Errno.Failure("PERF_EVENT_IOC_ENABLE");
        }
        catch
        {
            mapped?.Dispose();
            descriptor.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapped.Dispose();
        Descriptor.Dispose();
    }

    private static void SetFilter(int fd, string? filter)
    {
        if (filter is null)
        {
            return;
        }

        using CString text = new(filter, stackalloc byte[CString.Room]);
        if (LibC.ioctl(fd, LibC.PERF_EVENT_IOC_SET_FILTER, text.Pointer) != 0)
        {
            throw Errno.Failure("PERF_EVENT_IOC_SET_FILTER");
        }
    }
}
