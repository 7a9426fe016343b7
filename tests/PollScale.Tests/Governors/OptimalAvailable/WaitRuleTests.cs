using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class WaitRuleTests
{
    private const uint TscKHz = 1_000_000;
    private static readonly PStateTable s_table = FakeHost.Table();
    private static readonly GovernorContext s_context = new(s_table, TscKHz, 4096, 32, 20_000);

    private static OptimalAvailableOptions Options => new() { MaxWait = TimeSpan.FromMicroseconds(300), WakeTime = TimeSpan.FromMicroseconds(10) };

    [Theory]
    [InlineData(1_000_000, 300_000)]
    [InlineData(200_000, 190_000)]
    [InlineData(12_000, 2_000)]
    [InlineData(11_999, 0)]
    [InlineData(-1, 0)]
    public void It_is_as_long_as_told_and_as_safe(double safe, ulong wait) => Assert.Equal(wait, new WaitRule(Options, s_context).Within(safe));

    [Fact]
    public void Off_it_never_waits() => Assert.Equal((false, 0UL), (new WaitRule(new OptimalAvailableOptions(), s_context).IsOn, new WaitRule(new OptimalAvailableOptions(), s_context).Within(1e9)));

    [Fact]
    public void Who_woke_up_late_waits_less_and_after_ten_seconds_no_longer()
    {
        WaitRule rule = new(Options, s_context);
        rule.Observe(Woken(late: 9_000));
        Assert.Equal((false, 190_000UL), (rule.Surprised, rule.Within(200_000)));
        rule.Observe(Woken(late: 50_000));
        Assert.Equal((true, 150_000UL), (rule.Surprised, rule.Within(200_000)));
        rule.Observe(Woken(late: 0));
        Assert.Equal(150_000UL, rule.Within(200_000));
        for (int i = 0; i < 12_000; i++)
        {
            rule.Observe(Woken(late: 1_000));
        }

        Assert.Equal(190_000UL, rule.Within(200_000));
    }

    /// <summary>Of what a packet takes more than a core that waits: the P-state at which that is least.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.6)]
    [InlineData(1.1)]
    [InlineData(1.57)]
    public void It_rests_where_a_packet_takes_the_least_energy(double idle)
    {
        double[] watts = [.. Enumerable.Range(0, s_table.Count).Select(i => 1.58 + (3.92 * Math.Pow((s_table.Count - 1.0 - i) / (s_table.Count - 1), 2)))];
        ServiceRates rates = new(new ServiceCostEstimator(32, 700, 1, TscKHz), s_table, TscKHz);
        WaitRule rule = new(Options with { Watts = watts, IdleWatts = idle }, s_context);
        rule.Plan(rates, s_table, watts);
        double[] each = [.. watts.Select((power, i) => (power - idle) / rates[i])];
        Assert.Equal(each.Min(), each[rule.Rest]);
        Assert.True(idle is not 0 || rule.Rest < s_table.SlowestAllowed);

        WaitRule unknown = new(Options with { Watts = watts }, s_context);
        unknown.Plan(rates, s_table, watts);
        Assert.Equal(s_table.SlowestAllowed, unknown.Rest);
    }

    private static QueueSample Woken(ulong late) => new() { ElapsedTicks = 1_000_000, IdleTicks = 900_000, LateTicks = late };
}
