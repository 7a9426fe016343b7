namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>One route: packets for <paramref name="Prefix"/>/<paramref name="Length"/> go to <paramref name="NextHop"/>.</summary>
/// <param name="Prefix">Network address, host order, host bits 0.</param>
/// <param name="Length">Prefix length, 0 .. 32.</param>
/// <param name="NextHop">Index of the next hop, from 0.</param>
internal readonly record struct Route(uint Prefix, int Length, int NextHop)
{
    /// <summary>Network bits of a prefix length, 0 .. 32.</summary>
    public static uint Mask(int length) => (uint)(0xFFFF_FFFF_0000_0000 >> length);

    /// <summary>True when the route leads there.</summary>
    public bool Covers(uint address) => (address & Mask(Length)) == Prefix;

    /// <summary>Dotted prefix, length and next hop.</summary>
    public override string ToString() =>
        $"{Prefix >> 24}.{(Prefix >> 16) & 255}.{(Prefix >> 8) & 255}.{Prefix & 255}/{Length} via {NextHop}";
}
