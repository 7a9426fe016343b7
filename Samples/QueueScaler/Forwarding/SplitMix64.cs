namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>A small generator whose sequence no runtime version changes (Steele, Lea, Flood 2014).</summary>
internal struct SplitMix64(ulong seed)
{
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

    /// <summary>A number in 0 .. <paramref name="bound"/> - 1; the bias is below <paramref name="bound"/> / 2^32.</summary>
    public uint Below(uint bound) => (uint)(((Next() >> 32) * bound) >> 32);
}
