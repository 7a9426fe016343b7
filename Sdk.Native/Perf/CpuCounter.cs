using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>An event of one CPU, counted whoever runs there (perf_event_open(2)).</summary>
// SAFETY: the kernel reads one structure on the stack.
internal sealed unsafe class CpuCounter : IDisposable
{
    private readonly StreamDescriptor _descriptor;

    private CpuCounter(StreamDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Counts from now on.</summary>
    /// <param name="type">Number of the unit that counts, as its folder in /sys/bus/event_source/devices has it.</param>
    /// <param name="config">Which of its events.</param>
    /// <param name="cpu">The CPU.</param>
    /// <exception cref="Win32Exception">The system refused; its error number says why: EACCES or EPERM for want of rights, ENOENT or EOPNOTSUPP for want of the event.</exception>
    public static CpuCounter Open(uint type, ulong config, int cpu)
    {
        perf_event_attr attributes = new() { type = type, size = LibC.PERF_ATTR_SIZE_VER0, config = config };
        int fd = LibC.perf_event_open(&attributes, -1, cpu, -1, LibC.PERF_FLAG_FD_CLOEXEC);
        return new CpuCounter(fd < 0 ? throw Errno.Failure("perf_event_open") : new StreamDescriptor(fd));
    }

    /// <summary>What it has counted.</summary>
    /// <exception cref="Win32Exception">It cannot be read: the CPU is gone.</exception>
    public ulong Read()
    {
        ulong count = 0;
        int got = _descriptor.Read(MemoryMarshal.AsBytes(new Span<ulong>(ref count)));
        return got == sizeof(ulong) ? count : throw new Win32Exception(got < 0 ? -got : LibC.ENODEV, "a counter of perf cannot be read.");
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
