using PollScale.HostStub.Cli;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class ServeClocksTests
{
    [Fact]
    public void What_changes_together_is_followed_through_every_relation()
    {
        int[][] threads = [[0, 4], [1, 5], [2, 6]], policies = [[0, 1], [4], [5], [2], [6]];

        Assert.Equal([0, 1, 4, 5], ServeClocks.Together(4, Of(threads), Of(policies)).Order());
        Assert.Equal([2, 6], ServeClocks.Together(6, Of(threads), Of(policies)).Order());
        Assert.Equal([9], ServeClocks.Together(9, Of(threads), Of(policies)));
    }

    private static Func<int, IReadOnlyList<int>> Of(int[][] sets) => pCpu => sets.FirstOrDefault(set => set.Contains(pCpu)) ?? [pCpu];
}
