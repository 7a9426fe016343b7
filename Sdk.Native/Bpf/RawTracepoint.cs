using System.ComponentModel;

namespace PollScale.Native;

/// <summary>A program attached to a raw tracepoint: it runs in each thread that passes it, until this is disposed or this process ends.</summary>
// SAFETY: the kernel reads a string that ends with its zero, and a structure on the stack with its layout.
internal sealed unsafe class RawTracepoint : IDisposable
{
    private readonly StreamDescriptor _descriptor;

    private RawTracepoint(int fd) => _descriptor = new StreamDescriptor(fd);

    /// <summary>Attaches a program.</summary>
    /// <param name="tracepoint">Name of the tracepoint, without its group.</param>
    /// <param name="program">The program; it may be disposed afterwards.</param>
    /// <exception cref="Win32Exception">The system refused; ENOENT where there is no such tracepoint now.</exception>
    public static RawTracepoint Attach(string tracepoint, BpfProgram program)
    {
        using CString name = new(tracepoint, stackalloc byte[CString.Room]);
        bpf_attr_raw_tracepoint attributes = new() { name = (ulong)name.Pointer, prog_fd = (uint)program.Descriptor.Fd };
        int fd = LibC.bpf(LibC.BPF_RAW_TRACEPOINT_OPEN, &attributes, sizeof(bpf_attr_raw_tracepoint));
        return fd < 0 ? throw BpfErrors.Failure($"Attaching a BPF program to the tracepoint {tracepoint}") : new RawTracepoint(fd);
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
