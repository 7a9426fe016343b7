using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Samples.QueueScaler.Forwarding;
using Xunit;

namespace PollScale.Tests.QueueScaler.Forwarding;

public class RouteFileTests
{
    [Fact]
    public void Lines_comments_and_blanks_are_read() => Assert.Equal(
        [new Route(0x0A00_0000, 8, 1), new Route(0xC000_0200, 24, 255), new Route(0, 0, 0), new Route(0xC633_6401, 32, 7)],
        Parse("\uFEFF# routes\n10.0.0.0/8 1\r\n\n\t 192.0.2.0/24 \t via 255 # a comment\ndefault 0\n198.51.100.1/32 7"));

    [Theory]
    [InlineData("10.0.0.0/8 1\n10.0.0.1/8 2", "f:2:1: 10.0.0.1/8 has bits beyond its length: the network is 10.0.0.0/8.")]
    [InlineData("  10.0.0.0/33 1", "f:1:12: '33' is no prefix length")]
    [InlineData("10.0.0/8 1", "f:1:1: '10.0.0' is no IPv4 network")]
    [InlineData("10.0.0.256/32 1", "f:1:1: '10.0.0.256' is no IPv4 network")]
    [InlineData("010.0.0.0/8 1", "f:1:1: '010.0.0.0' is no IPv4 network")]
    [InlineData("10.0.0.0.0/8 1", "f:1:1: '10.0.0.0.0' is no IPv4 network")]
    [InlineData("2001:db8::/32 1", "(IPv6 is not forwarded)")]
    [InlineData("10.0.0.0 1", "f:1:9: the prefix length is missing")]
    [InlineData("10.0.0.0/8", "f:1:11: the next hop is missing")]
    [InlineData("10.0.0.0/8 via", "f:1:15: the next hop is missing")]
    [InlineData("10.0.0.0/8 256", "f:1:12: '256' is no next hop")]
    [InlineData("10.0.0.0/8 192.0.2.1", "f:1:12: '192.0.2.1' is no next hop")]
    [InlineData("10.0.0.0/8 1 2", "f:1:14: '2' is too much")]
    [InlineData("10.0.0.0/8 1\n10.0.0.0/8 2", "f:2:1: line 1 has a route for this prefix already")]
    [InlineData("\u001b[2J/8 1", "'?[2J' is no IPv4 network")]
    [InlineData("# nothing", "f: holds no route")]
    public void A_mistake_is_named_by_line_and_column(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<RouteFileException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ten_mistakes_are_enough_and_all_of_fewer_are_told()
    {
        Assert.Equal(3, Assert.Throws<RouteFileException>(() => Parse("a 1\n10.0.0.0/8 1\nb 1\nc 1")).Message.Split('\n').Length);
        Assert.Equal(11, Assert.Throws<RouteFileException>(() => Parse(string.Concat(Enumerable.Repeat("x\n", 5000)))).Message.Split('\n').Length);
    }

    [Fact]
    public void Limits_hold_and_a_full_file_makes_a_table()
    {
        string most = string.Concat(Enumerable.Range(0, RouteFile.MaxLongNetworks).Select(i => $"10.{i >> 8}.{i & 255}.128/25 1\n"));
        Route[] routes = Parse(most);
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        Assert.Equal((1, Dir24_8.NoRoute), (table.Lookup(0x0A00_0080), table.Lookup(0x0A00_0001)));
        Assert.Contains("more than 32768 networks", Assert.Throws<RouteFileException>(() => Parse(most + "11.0.0.1/32 1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_route_prints_is_what_a_file_holds() => Prop.ForAll<uint, byte, byte>((address, length, hop) =>
    {
        Route route = new(address & Route.Mask(length % 33), length % 33, hop);
        return Parse(route.ToString()).SequenceEqual([route]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_give_routes_or_a_named_mistake() => Prop.ForAll<byte[]>(bytes =>
    {
        try
        {
            return RouteFile.Parse("f", bytes).Length > 0;
        }
        catch (RouteFileException e)
        {
            return e.Message.StartsWith("f:", StringComparison.Ordinal);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_no_regular_file_is_refused_without_waiting()
    {
        Assert.Contains("cannot be opened", Assert.Throws<RouteFileException>(() => RouteFile.Load("/nonexistent")).Message, StringComparison.Ordinal);
        string fifo = $"/dev/shm/pollscale-test-{Guid.NewGuid():N}";
        using System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", fifo);
        mkfifo.WaitForExit();
        Assert.Contains("not a regular file", Assert.Throws<RouteFileException>(() => RouteFile.Load(fifo)).Message, StringComparison.Ordinal);
        File.Delete(fifo);
    }

    private static Route[] Parse(string text) => RouteFile.Parse("f", Encoding.UTF8.GetBytes(text));
}
