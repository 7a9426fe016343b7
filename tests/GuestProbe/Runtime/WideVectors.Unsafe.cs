using System.Runtime.Intrinsics.X86;
using PollScale.Native;

namespace PollScale.GuestProbe.Runtime;

/// <summary>
/// The CPU's 256-bit vectors, by CPUID and by machine code: the program is compiled for CPUs without them, and the compiler's own
/// <see cref="Avx2.IsSupported"/> is then false everywhere.
/// </summary>
internal static class WideVectors
{
    /// <summary>Additions that <see cref="SumIsRight"/> makes.</summary>
    private const int Additions = 1000, Lanes = 8;

    // xor ecx, ecx; xgetbv; ret
    private static readonly byte[] s_xgetbv = [0x31, 0xC9, 0x0F, 0x01, 0xD0, 0xC3];

    // vmovdqu ymm0, [rdi]; vpaddd ymm0, ymm0, [rsi]; vmovdqu [rdi], ymm0; vzeroupper; ret
    private static readonly byte[] s_add = [0xC5, 0xFE, 0x6F, 0x07, 0xC5, 0xFD, 0xFE, 0x06, 0xC5, 0xFE, 0x7F, 0x07, 0xC5, 0xF8, 0x77, 0xC3];

    /// <summary>The CPU has AVX, and its kernel keeps ymm registers.</summary>
    public static bool HasAvx { get; } = FindAvx();

    /// <summary>And AVX2.</summary>
    public static bool HasAvx2 { get; } = HasAvx && Cpuid.Read(0, 0).Eax >= 7 && (Cpuid.Read(7, 0).Ebx & (1 << 5)) != 0;

    /// <summary>Adds numbers in all lanes.</summary>
    /// <returns>True when every lane has the right sum.</returns>
    // SAFETY: the code reads and writes eight lanes at either address, which is what the arrays hold.
    public static unsafe bool SumIsRight()
    {
        using CodePage add = new(s_add);
        int* sums = stackalloc int[Lanes], summand = stackalloc int[Lanes];
        new Span<int>(sums, Lanes).Clear();
        for (int i = 0; i < Additions; i++)
        {
            new Span<int>(summand, Lanes).Fill(i);
            add.Invoke(0, (nint)sums, (nint)summand);
        }

        return !new Span<int>(sums, Lanes).ContainsAnyExcept(Additions * (Additions - 1) / 2);
    }

    private static bool FindAvx()
    {
        const uint OsXsave = 1 << 27, Avx = 1 << 28, XmmAndYmm = 6;
        if ((Cpuid.Read(1, 0).Ecx & (OsXsave | Avx)) != (OsXsave | Avx))
        {
            return false;
        }

        using CodePage xgetbv = new(s_xgetbv);
        return ((uint)xgetbv.Invoke(0) & XmmAndYmm) == XmmAndYmm;
    }
}
