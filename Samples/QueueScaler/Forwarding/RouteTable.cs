using PollScale.Randomness;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>The sample's own routes: 10.0.0.0/8 and distinct longer prefixes inside it, the same for the same seed on every machine.</summary>
internal static class RouteTable
{
    /// <summary>Next hops, numbered from 0.</summary>
    public const int NextHops = 16;

    /// <summary>Most routes.</summary>
    public const int MaxRoutes = 16384;

    private const uint Network = 10u << 24;
    private const int NetworkLength = 8;

    /// <summary>Makes the routes. About half are /24, as in the Internet's tables, and one in eight is longer.</summary>
    /// <param name="count">Number of routes, 1 .. <see cref="MaxRoutes"/>; the first is 10.0.0.0/8.</param>
    /// <param name="seed">Any number.</param>
    public static Route[] Create(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxRoutes);
        Route[] routes = new Route[count];
        HashSet<ulong> seen = new(count);
        SplitMix64 random = new(seed);
        routes[0] = new Route(Network, NetworkLength, 0);
        for (int made = 1; made < count;)
        {
            int length = Length(ref random);
            uint prefix = (Network | ((uint)random.Next() >> NetworkLength)) & Route.Mask(length);
            if (seen.Add(((ulong)prefix << 8) | (uint)length))
            {
                routes[made++] = new Route(prefix, length, (int)random.Below(NextHops));
            }
        }

        return routes;
    }

    /// <summary>Groups of a <see cref="Dir24_8"/> that the routes take: one for each /24 that holds a longer prefix, and never none.</summary>
    public static int GroupsFor(ReadOnlySpan<Route> routes)
    {
        HashSet<uint> networks = [];
        foreach (Route route in routes)
        {
            if (route.Length > 24)
            {
                networks.Add(route.Prefix >> 8);
            }
        }

        return Math.Max(1, networks.Count);
    }

    private static int Length(ref SplitMix64 random) => random.Below(8) switch
    {
        0 => 25 + (int)random.Below(8),
        <= 4 => 24,
        _ => 9 + (int)random.Below(15),
    };
}
