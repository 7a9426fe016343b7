using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public class PathLoadTests
{
    [Fact]
    public void Loads_are_read_in_their_order_and_once() =>
        Assert.Equal([PathLoad.None, new PathLoad(3, 1000), new PathLoad(63, 0)], PathLoad.Read("--loads", "0 3x1000  63x0 0"));

    [Fact]
    public void Paths_are_read_in_the_order_of_all()
    {
        Assert.Equal(["region", "module"], HostPath.Read("--paths", "module region").Select(path => path.Label));
        Assert.Contains("'xen': there are region, ", Assert.Throws<UsageException>(() => HostPath.Read("--paths", "region xen")).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => HostPath.Read("--paths", " "));
    }

    [Fact]
    public void They_are_written_as_they_were() => Assert.Equal("0 1x100 7x0", string.Join(' ', PathLoad.Read("--loads", "0 1x100 7x0")));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0x100")]
    [InlineData("64x100")]
    [InlineData("3x1001")]
    [InlineData("3x-1")]
    [InlineData("3x100x1")]
    [InlineData("0 three")]
    [InlineData("1x1 1x2 1x3 1x4 1x5 1x6 1x7 1x8 1x9 1x10 1x11 1x12 1x13 1x14 1x15 1x16 1x17")]
    public void Others_are_refused(string text) => Assert.Contains("--loads", Assert.Throws<UsageException>(() => PathLoad.Read("--loads", text)).Message, StringComparison.Ordinal);
}
