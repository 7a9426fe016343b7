using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Placement;

public class SmtSiblingsTests
{
    [Theory]
    [InlineData("0,4\n", new[] { 0, 4 })]
    [InlineData("0-1\n", new[] { 0, 1 })]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,64-66\n", new[] { 0, 1, 2, 64, 65, 66 })]
    public void The_kernels_list_is_read(string content, int[] siblings)
    {
        using TemporaryTree tree = new();
        tree.Write("cpu0/topology/thread_siblings_list", content);

        Assert.Equal(siblings, new SmtSiblings(tree.Root).Of(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,2\n")]
    [InlineData("0,x\n")]
    [InlineData("4-0\n")]
    [InlineData("0-99999\n")]
    public void A_list_without_the_CPU_itself_is_refused(string content)
    {
        using TemporaryTree tree = new();
        tree.Write("cpu0/topology/thread_siblings_list", content);

        Assert.Contains("does not list CPU 0", Assert.Throws<PlacementException>(() => new SmtSiblings(tree.Root).Of(0)).Message);
    }

    [Fact]
    public void Without_topology_a_CPU_is_alone()
    {
        using TemporaryTree tree = new();

        Assert.Equal([7], new SmtSiblings(tree.Root).Of(7));
    }
}
