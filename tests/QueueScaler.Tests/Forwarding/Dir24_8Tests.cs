using FsCheck;
using FsCheck.Fluent;
using PollScale.Samples.QueueScaler.Forwarding;
using Xunit;

namespace PollScale.Tests.QueueScaler.Forwarding;

public class Dir24_8Tests
{
    [Fact]
    public void Random_tables_match_a_linear_search()
    {
        Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            Route[] routes = RandomRoutes(random);
            using Dir24_8 table = new(routes, 64);
            foreach (uint address in Addresses(routes, random))
            {
                if (table.Lookup(address) != LinearSearch(routes, address))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_empty_table_has_no_route()
    {
        using Dir24_8 table = new([], 1);
        Assert.Equal(Dir24_8.NoRoute, table.Lookup(0));
        Assert.Equal(Dir24_8.NoRoute, table.Lookup(uint.MaxValue));
        Assert.Equal(0, table.Groups);
    }

    [Fact]
    public void The_default_route_serves_whatever_no_prefix_covers()
    {
        using Dir24_8 table = new([new Route(0x0A000080, 25, 2), new Route(0, 0, 7)], 1);
        Assert.Equal(7, table.Lookup(0));
        Assert.Equal(7, table.Lookup(0x0A00007F));
        Assert.Equal(2, table.Lookup(0x0A000080));
        Assert.Equal(7, table.Lookup(uint.MaxValue));
    }

    [Fact]
    public void A_prefix_of_24_ends_at_its_boundary()
    {
        using Dir24_8 table = new([new Route(0x0A010200, 24, 3)], 1);
        Assert.Equal(Dir24_8.NoRoute, table.Lookup(0x0A0101FF));
        Assert.Equal(3, table.Lookup(0x0A010200));
        Assert.Equal(3, table.Lookup(0x0A0102FF));
        Assert.Equal(Dir24_8.NoRoute, table.Lookup(0x0A010300));
        Assert.Equal(0, table.Groups);
    }

    [Fact]
    public void The_space_s_first_and_last_addresses_can_be_routed()
    {
        using Dir24_8 table = new([new Route(0, 32, 1), new Route(uint.MaxValue, 32, Dir24_8.MaxNextHop)], 2);
        Assert.Equal(1, table.Lookup(0));
        Assert.Equal(Dir24_8.NoRoute, table.Lookup(1));
        Assert.Equal(Dir24_8.MaxNextHop, table.Lookup(uint.MaxValue));
    }

    [Fact]
    public void The_later_of_two_equal_prefixes_counts()
    {
        Route[] routes = [new(0x0A000000, 8, 1), new(0x0A000001, 32, 2), new(0x0A000000, 8, 3), new(0x0A000001, 32, 4)];
        using Dir24_8 table = new(routes, 1);
        Assert.Equal(3, table.Lookup(0x0A000000));
        Assert.Equal(4, table.Lookup(0x0A000001));
        Assert.Equal(1, table.Groups);
    }

    [Fact]
    public void A_full_table_names_the_route_that_did_not_fit()
    {
        Route[] routes = [new(0x0A000001, 32, 1), new(0x0A000100, 32, 2)];
        RouteTableFullException error = Assert.Throws<RouteTableFullException>(() => new Dir24_8(routes, 1));
        Assert.Contains("10.0.1.0/32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_routes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(0x0A000001, 24, 0)], 1));
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(1, 0, 0)], 1));
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(0, 33, 0)], 1));
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(0, -1, 0)], 1));
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(0, 8, Dir24_8.MaxNextHop + 1)], 1));
        Assert.Throws<ArgumentException>(() => new Dir24_8([new Route(0, 8, -1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dir24_8([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dir24_8([], Dir24_8.MaxGroups + 1));
    }

    [Fact]
    public void The_sample_s_routes_cover_their_network_and_nothing_else()
    {
        Route[] routes = RouteTable.Create(1024, 1);
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            uint address = (uint)random.NextInt64(1L << 32);
            Assert.Equal(Dir24_8.NoRoute, table.Lookup(address | 0x8000_0000));
            uint inside = 0x0A00_0000 | (address >> 8);
            int hop = table.Lookup(inside);
            Assert.InRange(hop, 0, RouteTable.NextHops - 1);
            Assert.Equal(LinearSearch(routes, inside), hop);
        }
    }

    [Fact]
    public void The_sample_s_routes_are_distinct_and_repeatable()
    {
        Route[] routes = RouteTable.Create(RouteTable.MaxRoutes, 9);
        Assert.Equal(routes.Length, routes.Select(r => (r.Prefix, r.Length)).Distinct().Count());
        Assert.Contains(routes, r => r.Length > 24);
        Assert.Contains(routes, r => r.Length is > 8 and < 24);
        Assert.All(routes, r => Assert.Equal(10u, r.Prefix >> 24));
        Assert.Equal(routes, RouteTable.Create(RouteTable.MaxRoutes, 9));
        Assert.NotEqual(routes, RouteTable.Create(RouteTable.MaxRoutes, 10));
        Assert.Equal(new Route(0x0A000000, 8, 0), Assert.Single(RouteTable.Create(1, 9)));
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        Assert.InRange(table.Groups, 1, RouteTable.GroupsFor(routes));
    }

    private static Route[] RandomRoutes(Random random)
    {
        Route[] routes = new Route[random.Next(0, 60)];
        for (int i = 0; i < routes.Length; i++)
        {
            // Few networks, so that prefixes nest, repeat and share groups; short ones are rare because they fill the table.
            int length = random.Next(40) switch { 0 => 0, 1 => random.Next(1, 8), _ => random.Next(8, 33) };
            uint address = ((uint)random.Next(10, 12) << 24) | ((uint)random.Next(2) << 16) | ((uint)random.Next(3) << 8) | (uint)random.Next(256);
            routes[i] = new Route(address & Route.Mask(length), length, random.Next(16));
        }

        return routes;
    }

    private static IEnumerable<uint> Addresses(Route[] routes, Random random)
    {
        foreach (Route route in routes)
        {
            uint last = route.Prefix | ~Route.Mask(route.Length);
            yield return route.Prefix;
            yield return last;
            yield return unchecked(route.Prefix - 1);
            yield return unchecked(last + 1);
            yield return route.Prefix | ((uint)random.NextInt64(1L << 32) & ~Route.Mask(route.Length));
        }

        for (int i = 0; i < 50; i++)
        {
            yield return (uint)random.NextInt64(1L << 32);
        }
    }

    private static int LinearSearch(Route[] routes, uint address)
    {
        int best = -1;
        int hop = Dir24_8.NoRoute;
        foreach (Route route in routes)
        {
            ulong size = 1UL << (32 - route.Length);
            if (address / size == route.Prefix / size && route.Length >= best)
            {
                best = route.Length;
                hop = route.NextHop;
            }
        }

        return hop;
    }
}
