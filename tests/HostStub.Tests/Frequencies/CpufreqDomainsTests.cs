using PollScale.HostStub.Frequencies;
using Xunit;

namespace PollScale.HostStub.Tests.Frequencies;

public class CpufreqDomainsTests
{
    [Fact]
    public void What_changes_together_is_followed_through_every_relation()
    {
        int[][] threads = [[0, 4], [1, 5], [2, 6]], policies = [[0, 1], [4], [5], [2], [6]];

        Assert.Equal([0, 1, 4, 5], CpufreqDomains.Together(4, Of(threads), Of(policies)).Order());
        Assert.Equal([2, 6], CpufreqDomains.Together(6, Of(threads), Of(policies)).Order());
        Assert.Equal([9], CpufreqDomains.Together(9, Of(threads), Of(policies)));
    }

    private static Func<int, IReadOnlyList<int>> Of(int[][] sets) => pCpu => sets.FirstOrDefault(set => set.Contains(pCpu)) ?? [pCpu];
}
