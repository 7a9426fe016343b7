using System.Runtime.InteropServices;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;
using static PollScale.Native.BpfRegister;

namespace PollScale.Tests.Native;

/// <summary>Encodings against a table: the bytes that LLVM's assembler gives for the same instruction, and its words.</summary>
public class BpfInstructionTests
{
    private static readonly (BpfInstruction Instruction, string Bytes, string Words, string Llvm)[] s_table =
    [
        (BpfInstruction.Compute(BpfOperation.Move, R6, R1), "bf16000000000000", "r6 = r1", "r6 = r1"),
        (BpfInstruction.Compute(BpfOperation.Move, R2, -1), "b7020000ffffffff", "r2 = -1", "r2 = -1"),
        (BpfInstruction.Compute(BpfOperation.Move, R2, BpfRegister.Stack), "bfa2000000000000", "r2 = r10", "r2 = r10"),
        (BpfInstruction.Compute(BpfOperation.Add, R2, -64), "07020000c0ffffff", "r2 += -64", "r2 += -64"),
        (BpfInstruction.Compute(BpfOperation.Add, R2, R7), "0f72000000000000", "r2 += r7", "r2 += r7"),
        (BpfInstruction.Compute(BpfOperation.Subtract, R5, R1), "1f15000000000000", "r5 -= r1", "r5 -= r1"),
        (BpfInstruction.Compute(BpfOperation.Subtract, R5, 1), "1705000001000000", "r5 -= 1", "r5 -= 1"),
        (BpfInstruction.Compute(BpfOperation.Divide, R1, 10_000_000), "3701000080969800", "r1 /= 10000000", "r1 /= 10000000"),
        (BpfInstruction.Compute(BpfOperation.Or, R1, R4), "4f41000000000000", "r1 |= r4", "r1 |= r4"),
        (BpfInstruction.Compute(BpfOperation.And, R0, 255), "57000000ff000000", "r0 &= 255", "r0 &= 255"),
        (BpfInstruction.Compute(BpfOperation.ShiftLeft, R9, 16), "6709000010000000", "r9 <<= 16", "r9 <<= 16"),
        (BpfInstruction.Compute(BpfOperation.ShiftRight, R1, 16), "7701000010000000", "r1 >>= 16", "r1 >>= 16"),
        (BpfInstruction.Compute(BpfOperation.ShiftRightSigned, R1, 48), "c701000030000000", "r1 s>>= 48", "r1 s>>= 48"),
        (BpfInstruction.MoveLow(R1, R8), "bc81000000000000", "w1 = w8", "w1 = w8"),
        (BpfInstruction.Load(BpfSize.Double, R1, R6, 16), "7961100000000000", "r1 = *(u64 *)(r6 + 16)", "r1 = *(u64 *)(r6 + 16)"),
        (BpfInstruction.Load(BpfSize.Word, R4, R6, -8), "6164f8ff00000000", "r4 = *(u32 *)(r6 - 8)", "r4 = *(u32 *)(r6 - 8)"),
        (BpfInstruction.Store(BpfSize.Double, BpfRegister.Stack, -56, R0), "7b0ac8ff00000000", "*(u64 *)(r10 - 56) = r0", "*(u64 *)(r10 - 56) = r0"),
        (BpfInstruction.Store(BpfSize.Word, BpfRegister.Stack, -24, R1), "631ae8ff00000000", "*(u32 *)(r10 - 24) = r1", "*(u32 *)(r10 - 24) = r1"),
        (BpfInstruction.Store(BpfSize.Word, BpfRegister.Stack, -4, 7), "620afcff07000000", "*(u32 *)(r10 - 4) = 7", ""),
        (BpfInstruction.Jump(BpfCondition.Equal, R0, 0, 9), "1500090000000000", "if r0 == 0 goto +9", "if r0 == 0 goto +9"),
        (BpfInstruction.Jump(BpfCondition.NotEqual, R1, 0x5053, 300), "55012c0153500000", "if r1 != 20563 goto +300", "if r1 != 20563 goto +300"),
        (BpfInstruction.Jump(BpfCondition.NotEqual, R1, R2, 1), "5d21010000000000", "if r1 != r2 goto +1", "if r1 != r2 goto +1"),
        (BpfInstruction.Jump(BpfCondition.Above, R1, R0, 1), "2d01010000000000", "if r1 > r0 goto +1", "if r1 > r0 goto +1"),
        (BpfInstruction.Jump(BpfCondition.AboveOrEqual, R1, R4, 2), "3d41020000000000", "if r1 >= r4 goto +2", "if r1 >= r4 goto +2"),
        (BpfInstruction.Jump(BpfCondition.Below, R2, R1, 3), "ad12030000000000", "if r2 < r1 goto +3", "if r2 < r1 goto +3"),
        (BpfInstruction.Jump(BpfCondition.Less, R5, R4, 4), "cd45040000000000", "if r5 s< r4 goto +4", "if r5 s< r4 goto +4"),
        (BpfInstruction.Jump(BpfCondition.Greater, R5, -1, 5), "65050500ffffffff", "if r5 s> -1 goto +5", "if r5 s> -1 goto +5"),
        (BpfInstruction.Jump(BpfCondition.Always, default, 0, 6), "0500060000000000", "goto +6", "goto +6"),
        (BpfInstruction.Call(LibC.BPF_FUNC_ringbuf_output), "8500000082000000", "call ringbuf_output", "call 130"),
        (BpfInstruction.Exit, "9500000000000000", "exit", "exit"),
        (BpfInstruction.LoadMap(R1, 3).First, "1811000003000000", "r1 = map 3", ""),
        (BpfInstruction.LoadMap(R1, 3).Second, "0000000000000000", "...", ""),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, s_table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_instruction_has_the_bytes_of_the_table_and_says_what_it_does(int row)
    {
        (BpfInstruction instruction, string bytes, string words, _) = s_table[row];
        bpf_insn kernels = instruction.ToKernel();
        Assert.Equal((bytes, words), (Bytes(kernels), BpfDisassembler.Read(kernels)));
    }

    [Fact]
    public void The_table_is_what_LLVM_assembles()
    {
        const string Assembler = "llvm-mc";
        string? found = Environment.GetEnvironmentVariable("PATH")?.Split(':').Select(folder => Path.Combine(folder, Assembler)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{Assembler} is not installed.");
        (BpfInstruction Instruction, string Bytes, string Words, string Llvm)[] rows = [.. s_table.Where(row => row.Llvm.Length > 0)];
        using TemporaryFolder folder = new();
        string source = Path.Combine(folder.Path, "source.s");
        File.WriteAllLines(source, rows.Select(row => row.Llvm));
        (int status, string output, string error) = CCompiler.Run(found, ["-triple=bpfel", "-show-encoding", source]);
        Assert.True(status == 0, error);
        string[] assembled = [.. output.Split('\n').Where(line => line.Contains("encoding: [", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.IndexOf(']', StringComparison.Ordinal)].Replace("0x", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal))];
        Assert.Equal(rows.Select(row => row.Bytes), assembled);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<OverflowException>(() => BpfInstruction.Load(BpfSize.Word, R1, R2, short.MaxValue + 1));
        Assert.Throws<OverflowException>(() => BpfInstruction.Jump(BpfCondition.Equal, R1, 0, short.MinValue - 1));
    }

    private static string Bytes(bpf_insn instruction) => Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<bpf_insn>(in instruction)));
}
