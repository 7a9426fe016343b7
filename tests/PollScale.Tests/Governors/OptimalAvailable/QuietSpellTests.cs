using PollScale.Governors;
using Xunit;

namespace PollScale.Tests.Governors;

public class QuietSpellTests
{
    private const double From = 1000, Until = 9000, Arrived = 500, Rate = 0.05, Period = 2000, Least = 20, Most = 80;
    private static readonly QuietSpell s_spell = QuietSpell.Within(From, Until, Arrived, Rate, Period, Least, Most);

    [Theory]
    [InlineData(5000, 700, 50, true)] // 4000 ticks later 200 packets are expected
    [InlineData(5000, 240, 50, false)]
    [InlineData(5000, 500, 50, false)]
    [InlineData(5000, 620, 50, true)]
    [InlineData(5000, 750, 50, true)]
    [InlineData(5000, 800, 50, false)]
    [InlineData(5000, 700, 19, false)]
    [InlineData(5000, 700, 81, false)]
    [InlineData(8999, 900, 50, true)]
    [InlineData(9000, 900, 50, false)]
    public void It_holds_while_packets_come_and_wait_as_expected(double now, double arrived, double backlog, bool holds) => Assert.Equal(holds, s_spell.Holds(now, arrived, backlog));

    [Fact]
    public void More_is_told_from_less_and_from_its_end()
    {
        Assert.True(s_spell.IsTopped(5000, 800, 50));
        Assert.True(s_spell.IsTopped(5000, 700, 81));
        Assert.False(s_spell.IsTopped(5000, 500, 50));
        Assert.False(s_spell.IsTopped(5000, 700, 19));
        Assert.False(s_spell.IsTopped(9000, 2000, 900));
    }

    [Fact]
    public void One_of_a_grid_ends_with_time_alone()
    {
        Assert.True(QuietSpell.Until(9000).Holds(8999, 1e9, 1e9));
        Assert.False(QuietSpell.Until(9000).Holds(9000, 0, 0));
        Assert.False(QuietSpell.Until(9000).IsTopped(8999, 1e9, 1e9));
        Assert.False(QuietSpell.None.Holds(0, 0, 0));
        Assert.False(default(QuietSpell).IsTopped(1, 1e9, 1e9));
    }

    /// <summary>Also where nothing is expected: a burst on an idle lcore is more.</summary>
    [Fact]
    public void A_burst_ends_the_quiet_of_an_idle_lcore()
    {
        QuietSpell idle = QuietSpell.Within(0, 1e6, 0, 0, Period, 0, 32);
        Assert.True(idle.Holds(10_000, 3, 1));
        Assert.False(idle.Holds(10_000, 4, 1));
        Assert.True(idle.IsTopped(10_000, 4, 1));
    }
}
