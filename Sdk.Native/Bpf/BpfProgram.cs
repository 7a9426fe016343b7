using System.ComponentModel;
using System.Text;

namespace PollScale.Native;

/// <summary>A program that the kernel has verified and may run. It goes when nobody, neither a descriptor nor a tracepoint, holds it.</summary>
// SAFETY: what the kernel reads and writes is pinned, or on the stack, for the call and given with its length; structures have its layout.
internal sealed unsafe class BpfProgram : IDisposable
{
    private const int LogBytes = 1 << 20, MostTold = 400;

    private BpfProgram(int fd) => Descriptor = new StreamDescriptor(fd);

    /// <summary>Its descriptor.</summary>
    public StreamDescriptor Descriptor { get; }

    /// <summary>Loads a program for a raw tracepoint: its context is the tracepoint's arguments, eight bytes each.</summary>
    /// <param name="lines">The program; maps that it names are open.</param>
    /// <param name="name">For who lists programs: at most 15 letters, digits, dots and underscores.</param>
    /// <exception cref="Win32Exception">The system refused: EACCES and EINVAL of the verifier, whose last words are in the message.</exception>
    public static BpfProgram Load(IReadOnlyList<BpfLine> lines, string name)
    {
        bpf_insn[] instructions = [.. lines.Select(line => line.Instruction.ToKernel())];
        int fd = TryLoad(instructions, name, []);
        if (fd >= 0)
        {
            return new BpfProgram(fd);
        }

        // Once more, to be told why: what is written costs time that a program that loads need not pay.
        byte[] log = new byte[LogBytes];
        fd = TryLoad(instructions, name, log);
        return fd < 0 ? throw BpfErrors.Failure($"Loading the BPF program {name}", LastWords(log)) : new BpfProgram(fd);
    }

    /// <summary>Runs it once on this thread, as if the tracepoint had been passed with these arguments.</summary>
    /// <param name="arguments">The tracepoint's.</param>
    /// <returns>What it returned.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public uint Run(ReadOnlySpan<ulong> arguments)
    {
        fixed (ulong* context = arguments)
        {
            bpf_attr_test attributes = new() { prog_fd = (uint)Descriptor.Fd, ctx_in = (ulong)context, ctx_size_in = (uint)(arguments.Length * sizeof(ulong)) };
            return LibC.bpf(LibC.BPF_PROG_TEST_RUN, &attributes, sizeof(bpf_attr_test)) == 0 ? attributes.retval : throw BpfErrors.Failure("Running a BPF program once");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static int TryLoad(bpf_insn[] instructions, string name, byte[] log)
    {
        fixed (bpf_insn* first = instructions)
        fixed (byte* license = "Dual MIT/GPL\0"u8, logStart = log)
        {
            bpf_attr_prog_load attributes = new()
            {
                prog_type = LibC.BPF_PROG_TYPE_RAW_TRACEPOINT,
                insn_cnt = (uint)instructions.Length,
                insns = (ulong)first,
                license = (ulong)license,
                log_level = log.Length > 0 ? 1u : 0,
                log_size = (uint)log.Length,
                log_buf = (ulong)logStart,
            };
            BpfMap.Name(name, new Span<byte>(attributes.prog_name, (int)LibC.BPF_OBJ_NAME_LEN));
            return LibC.bpf(LibC.BPF_PROG_LOAD, &attributes, sizeof(bpf_attr_prog_load));
        }
    }

    // The verifier goes through the program line by line, and says why at the end, before a line of counts.
    private static string LastWords(byte[] log) => Encoding.UTF8.GetString(log.AsSpan(0, Math.Max(0, Array.IndexOf(log, (byte)0))))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .LastOrDefault(line => !line.StartsWith("processed ", StringComparison.Ordinal)) is string last ? last[..Math.Min(last.Length, MostTold)] : "";
}
