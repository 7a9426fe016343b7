using System.Globalization;
using System.Text;
using PollScale.Native;

namespace PollScale.Tests.Shared;

/// <summary>Reads BPF instructions by the bits that the kernel gets, in the words of its own documentation: knows nothing of how they were made.</summary>
internal static class BpfDisassembler
{
    private static readonly Dictionary<int, string> s_operations = new()
    {
        [0x0] = "+=", [0x1] = "-=", [0x2] = "*=", [0x3] = "/=", [0x4] = "|=", [0x5] = "&=", [0x6] = "<<=", [0x7] = ">>=", [0x9] = "%=", [0xa] = "^=", [0xb] = "=", [0xc] = "s>>=",
    };

    private static readonly Dictionary<int, string> s_comparisons = new()
    {
        [0x1] = "==", [0x2] = ">", [0x3] = ">=", [0x5] = "!=", [0x6] = "s>", [0x7] = "s>=", [0xa] = "<", [0xb] = "<=", [0xc] = "s<", [0xd] = "s<=",
    };

    private static readonly Dictionary<int, string> s_helpers = new()
    {
        [1] = "map_lookup_elem", [5] = "ktime_get_ns", [8] = "get_smp_processor_id", [14] = "get_current_pid_tgid", [36] = "probe_write_user", [112] = "probe_read_user", [130] = "ringbuf_output",
        [158] = "get_current_task_btf",
    };

    /// <summary>One instruction; the second half of a map is "...".</summary>
    public static string Read(bpf_insn instruction)
    {
        (int code, string dst, string src) = (instruction.code, $"r{instruction.Registers & 0xf}", $"r{instruction.Registers >> 4}");
        string operand = (code & 0x08) != 0 ? src : instruction.imm.ToString(CultureInfo.InvariantCulture);
        string width = (code & 0x18) switch { 0x00 => "u32", 0x08 => "u16", 0x10 => "u8", _ => "u64" };
        string offset = string.Create(CultureInfo.InvariantCulture, $"{(instruction.off < 0 ? '-' : '+')} {Math.Abs((int)instruction.off)}");
        return (code & 0x07, code >> 4) switch
        {
            (0, 0) when code == 0 => "...",
            (0, 1) when code == 0x18 && instruction.Registers >> 4 == 1 => $"{dst} = map {instruction.imm}",
            (1, 6 or 7) => $"{dst} = *({width} *)({src} {offset})",
            (2, 6 or 7) => $"*({width} *)({dst} {offset}) = {instruction.imm}",
            (3, 6 or 7) => $"*({width} *)({dst} {offset}) = {src}",
            (4, int low) => $"w{dst[1..]} {s_operations[low]} {((code & 0x08) != 0 ? $"w{src[1..]}" : operand)}",
            (7, int operation) => $"{dst} {s_operations[operation]} {operand}",
            (5, 0) => $"goto +{instruction.off}",
            (5, 8) => $"call {s_helpers[instruction.imm]}",
            (5, 9) => "exit",
            (5, int comparison) => $"if {dst} {s_comparisons[comparison]} {operand} goto +{instruction.off}",
            _ => throw new ArgumentException($"No instruction has the code 0x{code:x2}."),
        };
    }

    /// <summary>A program with labels, bits, words and what each instruction is for.</summary>
    public static string List(IReadOnlyList<BpfLine> program)
    {
        StringBuilder text = new();
        for (int i = 0; i < program.Count; i++)
        {
            foreach (string label in program[i].Labels)
            {
                text.Append(CultureInfo.InvariantCulture, $"{label}:\n");
            }

            bpf_insn bits = program[i].Instruction.ToKernel();
            string target = program[i].Target is string to ? $" <{to}>" : "";
            text.Append(CultureInfo.InvariantCulture, $"{i,5}  {bits.code:x2} {bits.Registers:x2} {bits.off & 0xffff:x4} {bits.imm:x8}  {Read(bits) + target,-56} ; {program[i].Why}\n");
        }

        return text.ToString();
    }
}
