namespace PollScale.HostStub.Traffic;

/// <summary>Steele, Lea and Flood's SplitMix generator: one u64 of state, the same numbers for a seed on every runtime.</summary>
internal struct SplitMix64
{
    private ulong _state;

    public SplitMix64(ulong seed) => _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in (0, 1].</summary>
    public double NextUnit() => ((Next() >> 11) + 1) * (1.0 / (1UL << 53));

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -Math.Log(NextUnit());

    /// <summary>Lognormal with mean 1.</summary>
    /// <param name="sigma">Shape: standard deviation of the logarithm; 0 gives 1.</param>
    public double NextLognormal(double sigma)
    {
        double normal = Math.Sqrt(-2 * Math.Log(NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
        return Math.Exp((sigma * normal) - (sigma * sigma / 2));
    }
}
