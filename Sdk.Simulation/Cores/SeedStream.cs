using PollScale.Randomness;

namespace PollScale.Simulation.Cores;

/// <summary>Random numbers of one part of a core model, the same for a seed on every runtime.</summary>
internal struct SeedStream
{
    private SplitMix64 _bits;

    /// <summary>Starts a stream.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="salt">Sets the streams of a run apart.</param>
    public SeedStream(ulong seed, ulong salt)
    {
        SplitMix64 mix = new(salt);
        _bits = new SplitMix64(mix.Next() ^ seed);
    }

    public ulong Next() => _bits.Next();

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Exponential, at least 1.</summary>
    public long NextExponential(long mean) => Math.Max(1, (long)(-mean * Math.Log(1 - NextUnit())));

    /// <summary>Uniform in [0, <paramref name="limit"/>).</summary>
    public long NextBelow(long limit) => (long)Math.BigMul(Next(), (ulong)limit, out _);
}
