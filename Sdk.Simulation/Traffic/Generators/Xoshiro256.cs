using System.Numerics;
using System.Runtime.CompilerServices;
using PollScale.Randomness;

namespace PollScale.Simulation.Traffic.Generators;

/// <summary>
/// xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4) 2021): fast, of period
/// 2^256 - 1, and the same on every runtime.
/// </summary>
internal struct Xoshiro256
{
    private const double UnitStep = 1.0 / (1UL << 53);

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A generator whose state SplitMix64 fills, as its authors advise.</summary>
    public Xoshiro256(ulong seed)
    {
        SplitMix64 mix = new(seed);
        (_s0, _s1, _s2, _s3) = (mix.Next(), mix.Next(), mix.Next(), mix.Next());
    }

    /// <summary>A generator with the given state, which must not be all zero.</summary>
    internal Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>The next 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextDouble() => (Next() >> 11) * UnitStep;

    /// <summary>Uniform in (0, 1]: safe for a logarithm.</summary>
    public double NextPositive() => ((Next() >> 11) + 1) * UnitStep;

    /// <summary>Uniform in 0 .. <paramref name="bound"/> - 1; the bias is below <paramref name="bound"/> / 2^32.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (uint)bound) >> 32);
}
