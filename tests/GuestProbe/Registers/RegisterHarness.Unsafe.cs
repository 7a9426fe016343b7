using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using PollScale.GuestProbe.Runtime;
using PollScale.Native;

namespace PollScale.GuestProbe.Registers;

/// <summary>Runs an instruction with every register full of a pattern, and finds which ones it changed.</summary>
// SAFETY: the code writes its own block only, two sets of registers and MXCSR, which lives as long as the code.
internal sealed unsafe class RegisterHarness : IDisposable
{
    private const int Rounds = 2;

    /// <summary>CF PF AF ZF SF OF.</summary>
    private const ulong ArithmeticFlags = 0x8D5;

    /// <summary>IF and the bit that is always 1: POPF must find them as they are.</summary>
    private const ulong OtherFlags = 0x202;

    // The second block follows the first, then the caller's own MXCSR.
    private const int After = RegisterValues.Bytes, SavedMxcsr = 2 * RegisterValues.Bytes, BlockBytes = SavedMxcsr + sizeof(ulong);

    private static readonly bool s_avx = WideVectors.HasAvx;
    private static readonly byte[] s_calleeSaved = [(byte)Register.Rbx, (byte)Register.Rbp, (byte)Register.R12, (byte)Register.R13, (byte)Register.R14, (byte)Register.R15];

    private readonly byte* _block;
    private readonly CodePage _page;

    /// <summary>Builds the code around an instruction.</summary>
    /// <param name="instruction">Its bytes. It must leave the stack usable, or at least not fault.</param>
    public RegisterHarness(ReadOnlySpan<byte> instruction)
    {
        _block = (byte*)NativeMemory.AlignedAlloc(BlockBytes, RegisterValues.VectorBytes);
        NativeMemory.Clear(_block, BlockBytes);
        _page = new CodePage(Assemble(instruction, (ulong)_block));
    }

    /// <summary>Every watched register but rax, which carries the result.</summary>
    public static IEnumerable<Register> AllButRax => Enumerable.Range(1, (int)Register.Vector0 + RegisterValues.Count - 1).Select(r => (Register)r);

    /// <summary>What a System V function keeps for its caller.</summary>
    public static IEnumerable<Register> CalleeSaved => [Register.Rsp, .. s_calleeSaved.Select(r => (Register)r), Register.Mxcsr];

    /// <summary>The name in assembly language.</summary>
    public static string Name(Register register) => register < Register.Vector0
        ? register.ToString().ToLowerInvariant()
        : string.Create(CultureInfo.InvariantCulture, $"{(s_avx ? 'y' : 'x')}mm{register - Register.Vector0}");

    /// <summary>Runs the instruction twice, with a pattern and with its complement.</summary>
    /// <param name="inputs">Values the instruction needs in place of the pattern.</param>
    /// <param name="kept">Registers it must keep.</param>
    /// <returns>Those of <paramref name="kept"/> that it changed.</returns>
    public List<Register> Changed(ReadOnlySpan<(Register Register, ulong Value)> inputs, IEnumerable<Register> kept)
    {
        SortedSet<Register> changed = [];
        for (int round = 0; round < Rounds; round++)
        {
            ref RegisterValues before = ref *(RegisterValues*)_block;
            Fill(ref before, round);
            foreach ((Register register, ulong value) in inputs)
            {
                before.General[(int)register] = value;
            }

            _page.Invoke(0);
            changed.UnionWith(kept.Where(IsChanged));
        }

        return [.. changed];
    }

    public void Dispose()
    {
        _page.Dispose();
        NativeMemory.AlignedFree(_block);
    }

    private static void Fill(ref RegisterValues values, int round)
    {
        const ulong Spread = 0x9E37_79B9_7F4A_7C15; // odd: every register and lane gets bits of its own
        ulong complement = 0ul - (ulong)round;
        for (int i = 0; i < RegisterValues.Count; i++)
        {
            values.General[i] = (Spread * (ulong)(i + 1)) ^ complement;
        }

        fixed (byte* vectors = values.Vectors)
        {
            for (int lane = 0; lane < RegisterValues.Count * RegisterValues.VectorBytes / sizeof(ulong); lane++)
            {
                ((ulong*)vectors)[lane] = (Spread * (ulong)(lane + 100)) ^ complement;
            }
        }

        values.Flags = OtherFlags | (ArithmeticFlags & ~complement);
        values.Mxcsr = round == 0 ? 0xFF80u : 0x3FBFu; // all exceptions masked; flush and rounding bits, then rounding and status bits
    }

    private bool IsChanged(Register register)
    {
        RegisterValues* before = (RegisterValues*)_block;
        RegisterValues* after = (RegisterValues*)(_block + After);
        switch (register)
        {
            case Register.Flags:
                return ((before->Flags ^ after->Flags) & ArithmeticFlags) != 0;
            case Register.Mxcsr:
                return before->Mxcsr != after->Mxcsr;
            case < Register.Flags:
                return before->General[(int)register] != after->General[(int)register];
            default:
                int offset = (register - Register.Vector0) * RegisterValues.VectorBytes;
                int length = s_avx ? RegisterValues.VectorBytes : RegisterValues.VectorBytes / 2;
                return !new ReadOnlySpan<byte>(before->Vectors + offset, length).SequenceEqual(new ReadOnlySpan<byte>(after->Vectors + offset, length));
        }
    }

    // rax holds the block's address, except around the instruction; there no register may, so rax and rsp are stored by absolute address.
    private static byte[] Assemble(ReadOnlySpan<byte> instruction, ulong block)
    {
        List<byte> code = [0xF3, 0x0F, 0x1E, 0xFA]; // endbr64
        foreach (byte register in s_calleeSaved)
        {
            Push(code, 0x50, register);
        }

        code.AddRange([0x48, 0x83, 0xEC, 0x08]);                                    // sub rsp, 8: 16-byte alignment, should the instruction be a call
        Absolute(code, [0x48, 0xB8], block);                                        // mov rax, block
        Based(code, [0x48, 0x89], (int)Register.Rsp, (int)Register.Rsp * sizeof(ulong)); // mov [rax+..], rsp
        Based(code, [0x0F, 0xAE], 3, SavedMxcsr);                                   // stmxcsr
        Based(code, [0x0F, 0xAE], 2, RegisterValues.MxcsrOffset);                   // ldmxcsr
        Vectors(code, 0x6F, RegisterValues.VectorOffset);
        Based(code, [0xFF], 6, RegisterValues.FlagsOffset);                         // push qword [rax+..]
        code.Add(0x9D);                                                             // popfq
        General(code, 0x8B, 0);
        Based(code, [0x48, 0x8B], (int)Register.Rax, 0);                            // mov rax, [rax]

        code.AddRange(instruction);

        Absolute(code, [0x48, 0xA3], block + After);                                // mov [After.rax], rax
        code.AddRange([0x48, 0x89, 0xE0]);                                          // mov rax, rsp
        Absolute(code, [0x48, 0xA3], block + After + ((int)Register.Rsp * sizeof(ulong)));
        Absolute(code, [0x48, 0xB8], block);                                        // mov rax, block
        General(code, 0x89, After);
        Based(code, [0x48, 0x8B], (int)Register.Rsp, (int)Register.Rsp * sizeof(ulong)); // mov rsp, [rax+..]
        code.Add(0x9C);                                                             // pushfq
        Based(code, [0x8F], 0, After + RegisterValues.FlagsOffset);                 // pop qword [rax+..]
        Based(code, [0x0F, 0xAE], 3, After + RegisterValues.MxcsrOffset);           // stmxcsr
        Vectors(code, 0x7F, After + RegisterValues.VectorOffset);
        Based(code, [0x0F, 0xAE], 2, SavedMxcsr);                                   // ldmxcsr
        if (s_avx)
        {
            code.AddRange([0xC5, 0xF8, 0x77]);                                      // vzeroupper
        }

        code.AddRange([0x48, 0x83, 0xC4, 0x08]);                                    // add rsp, 8
        for (int i = s_calleeSaved.Length - 1; i >= 0; i--)
        {
            Push(code, 0x58, s_calleeSaved[i]);
        }

        code.Add(0xC3);                                                             // ret
        return [.. code];
    }

    // push (0x50) or pop (0x58)
    private static void Push(List<byte> code, byte opcode, byte register)
    {
        if (register >= 8)
        {
            code.Add(0x41);
        }

        code.Add((byte)(opcode | (register & 7)));
    }

    // mov between [rax + offset + 8 * r] and every r but rax and rsp
    private static void General(List<byte> code, byte opcode, int offset)
    {
        for (int register = 1; register < RegisterValues.Count; register++)
        {
            if (register != (int)Register.Rsp)
            {
                Based(code, [(byte)(0x48 | (register >> 3 << 2)), opcode], register, offset + (register * sizeof(ulong)));
            }
        }
    }

    // vmovdqu ymm or movdqu xmm: load (0x6F) or store (0x7F)
    private static void Vectors(List<byte> code, byte opcode, int offset)
    {
        for (int register = 0; register < RegisterValues.Count; register++)
        {
            bool high = register >= 8;
            Based(code, (s_avx, high) switch
            {
                (true, false) => [0xC5, 0xFE, opcode],
                (true, true) => [0xC5, 0x7E, opcode],
                (false, false) => [0xF3, 0x0F, opcode],
                _ => [0xF3, 0x44, 0x0F, opcode],
            }, register, offset + (register * RegisterValues.VectorBytes));
        }
    }

    // An instruction whose memory operand is [rax + disp32]
    private static void Based(List<byte> code, ReadOnlySpan<byte> opcode, int register, int offset)
    {
        code.AddRange(opcode);
        code.Add((byte)(0x80 | ((register & 7) << 3)));
        Span<byte> displacement = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(displacement, offset);
        code.AddRange(displacement);
    }

    // An instruction with a 64-bit immediate or address
    private static void Absolute(List<byte> code, ReadOnlySpan<byte> opcode, ulong value)
    {
        code.AddRange(opcode);
        Span<byte> immediate = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(immediate, value);
        code.AddRange(immediate);
    }
}
