namespace PollScale.Simulation.Cores;

/// <summary>Random numbers of one part of a core model: Steele, Lea and Flood's SplitMix, the same for a seed on every runtime.</summary>
internal struct SeedStream
{
    private ulong _state;

    /// <summary>Starts a stream.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="salt">Sets the streams of a run apart.</param>
    public SeedStream(ulong seed, ulong salt)
    {
        _state = salt;
        _state = Next() ^ seed;
    }

    public ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="limit"/>).</summary>
    public long NextBelow(long limit) => (long)Math.BigMul(Next(), (ulong)limit, out _);
}
