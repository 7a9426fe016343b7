using System.ComponentModel;

namespace PollScale.Native;

/// <summary>A tracepoint watched on one thread (perf_event_open(2)): each time the thread passes it, a record in a ring and a wake-up.</summary>
// SAFETY: the ring's pages are mapped until disposal, after which nobody reads them; the kernel reads one structure on the stack and a string that ends with its zero.
internal sealed unsafe class TracepointEvent : IRecordSource
{
    private const int DataPages = 1; // some 50 records, which is what a reader that is behind needs to know

    private readonly MappedRegion _mapped;

    private TracepointEvent(StreamDescriptor descriptor, MappedRegion mapped)
    {
        (Descriptor, _mapped) = (descriptor, mapped);
        Ring = new PerfRing(mapped.Address, Environment.SystemPageSize, DataPages * Environment.SystemPageSize);
    }

    /// <inheritdoc/>
    public StreamDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public PerfRing Ring { get; }

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
    public static TracepointEvent Open(int tracepoint, int thread, string? filter)
    {
        perf_event_attr attributes = new()
        {
            type = LibC.PERF_TYPE_TRACEPOINT,
            size = LibC.PERF_ATTR_SIZE_VER0,
            config = (ulong)tracepoint,
            sample_period = 1,
            sample_type = LibC.PERF_SAMPLE_TID | LibC.PERF_SAMPLE_CPU | LibC.PERF_SAMPLE_RAW,
            wakeup_events = 1,
            Flags = 1, // disabled, until the filter and the ring are there
        };
        int fd = LibC.perf_event_open(&attributes, thread, -1, -1, LibC.PERF_FLAG_FD_CLOEXEC);
        StreamDescriptor descriptor = fd < 0 ? throw Errno.Failure("perf_event_open") : new StreamDescriptor(fd);
        MappedRegion? mapped = null;
        try
        {
            SetFilter(fd, filter);
            mapped = MappedRegion.Map(fd, 0, (nuint)((1 + DataPages) * Environment.SystemPageSize), LibC.PROT_READ | LibC.PROT_WRITE, "a perf event's ring");
            return LibC.ioctl(fd, LibC.PERF_EVENT_IOC_ENABLE, null) == 0 ? new TracepointEvent(descriptor, mapped) : throw Errno.Failure("PERF_EVENT_IOC_ENABLE");
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
