namespace PollScale.Randomness;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): one u64 of state, the same numbers for a
/// seed on every runtime. It also spreads a seed over the state of other generators, so that neighbouring seeds have nothing in common.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const double UnitStep = 1.0 / (1UL << 53);

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in (0, 1].</summary>
    public double NextUnit() => ((Next() >> 11) + 1) * UnitStep;

    /// <summary>A number in 0 .. <paramref name="bound"/> - 1; the bias is below <paramref name="bound"/> / 2^32.</summary>
    public uint Below(uint bound) => (uint)(((Next() >> 32) * bound) >> 32);

    /// <summary>The seed of one of several streams that share a seed.</summary>
    public static ulong Stream(ulong seed, int stream)
    {
        SplitMix64 mix = new(seed);
        SplitMix64 streams = new(mix.Next() ^ (uint)stream);
        return streams.Next();
    }
}
