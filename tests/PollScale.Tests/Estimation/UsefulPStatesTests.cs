using PollScale.Governors;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.Tests.Governors;

public class UsefulPStatesTests
{
    private static readonly PStateTable s_table = new([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000], 0, 4, 20_000);

    [Fact]
    public void A_p_state_above_a_mix_of_others_is_left_out()
    {
        UsefulPStates useful = new(s_table, [5.5, 3.9, 4.0, 2.1, 1.6]);
        Assert.Equal([1, 3, 3, 4, 4], Enumerable.Range(0, 5).Select(useful.Slower));
        Assert.Equal([0, 0, 1, 1, 3], Enumerable.Range(0, 5).Select(useful.Faster));
    }

    [Fact]
    public void One_that_is_hardly_above_is_not() =>
        Assert.Equal(2, new UsefulPStates(s_table, [5.5, 4.525, 3.6, 2.575, 1.6]).Slower(1));

    [Fact]
    public void Without_powers_and_within_what_policy_allows_all_are()
    {
        UsefulPStates all = new(s_table, null), few = new(new PStateTable(s_table.KHz, 1, 3, 20_000), [5.5, 3.9, 4.0, 2.1, 1.6]);
        Assert.Equal([1, 2, 3, 4, 4], Enumerable.Range(0, 5).Select(all.Slower));
        Assert.Equal([0, 0, 1, 2, 3], Enumerable.Range(0, 5).Select(all.Faster));
        Assert.Equal((3, 3, 1), (few.Slower(1), few.Slower(3), few.Faster(1)));
    }
}
