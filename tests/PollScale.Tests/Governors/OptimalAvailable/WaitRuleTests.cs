using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
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
    public void It_is_as_long_as_told_and_as_safe(double safe, ulong wait) => Assert.Equal(wait, new WaitRule(Options, s_context).Within(safe, 0));

    [Fact]
    public void Off_it_never_waits() => Assert.Equal((false, 0UL), (new WaitRule(new OptimalAvailableOptions(), s_context).IsOn, new WaitRule(new OptimalAvailableOptions(), s_context).Within(1e9, 0)));

    [Fact]
    public void Who_woke_up_late_twice_waits_less_until_that_is_rare()
    {
        WaitRule rule = new(Options, s_context);
        rule.Waited(Woken(late: 9_000), 0);
        Assert.Equal((false, 190_000UL), (rule.Surprised, rule.Within(200_000, 0)));
        rule.Waited(Woken(late: 50_000), 0);
        Assert.Equal((true, 190_000UL), (rule.Surprised, rule.Within(200_000, 0)));
        rule.Waited(Woken(late: 50_000), 0);
        Assert.InRange(rule.Within(200_000, 0), 138_000UL, 150_000UL);
        rule.Waited(Woken(late: 10_000_000), 0);
        Assert.InRange(rule.Within(200_000, 0), 138_000UL, 150_000UL);
        for (int i = 0; i < 60_000; i++)
        {
            rule.Waited(Woken(late: 1_000), 0);
        }

        Assert.Equal(190_000UL, rule.Within(200_000, 0));
    }

    /// <summary>What is reckoned with is topped by one wait in ten thousand, but for those before it was learned.</summary>
    [Fact]
    public void It_reckons_with_what_one_wait_in_ten_thousand_tops() => Draw.Check(
        Arb.From(
            from latest in Gen.Choose(11, 100_000)
            from oftenOf in Gen.Choose(1, 4000)
            from seed in Gen.Choose(0, int.MaxValue)
            select (latest, oftenOf, seed)),
        one =>
        {
            Random random = new(one.seed);
            WaitRule rule = new(Options with { MaxWait = TimeSpan.FromMilliseconds(10) }, s_context);
            double safe = 2e8;
            int topped = 0;
            for (int i = 0; i < 50_000; i++)
            {
                ulong late = random.Next(one.oftenOf) == 0 ? (ulong)(one.latest * 1000.0 * Math.Pow(random.NextDouble(), 3)) : 0;
                double reckoned = Reckoned(rule, safe);
                topped += late > reckoned ? 1 : 0;
                rule.Waited(Woken(late), i * 1e6);
            }

            return topped > 60 ? $"{topped} of 50,000 later than reckoned with" : Reckoned(rule, safe) > Math.Max(10_000, 1.2 * 1000 * one.latest) ? "more than was ever seen" : null;
        },
        ordinarily: 30);

    // What is left of a safe time where the most allowed is not in the way.
    private static double Reckoned(WaitRule rule, double safe)
    {
        double low = 0, high = safe;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = rule.Within(middle, 0) > 0 ? (low, middle) : (middle, high);
        }

        return high - 2_000;
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
