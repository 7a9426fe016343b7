using PollScale.Simulation.Traffic.Adversary;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What the certificates promise is kept against whoever chooses both the arrivals and the actuator, within the latency stated.</summary>
/// <remarks>POLLSCALE_ADVERSARY_BUDGET sets how many pairs are tried for each row.</remarks>
public class PromiseTests(ITestOutputHelper output)
{
    private const int DefaultBudget = 60;

    private static readonly int s_budget =
        int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_ADVERSARY_BUDGET"), out int budget) ? budget : DefaultBudget;

    // Latency and stall, ring and bound in us. Skylake's grid with its execution time is 550 us, Zen 2's 1380 us.
    public static TheoryData<int, int, int, int> Rows => new()
    {
        { 30, 0, 256, 250 },
        { 30, 5, 1024, 200 },
        { 100, 20, 1024, 500 },
        { 500, 0, 2048, 1000 },
        { 500, 0, 1280, 600 },
        { 550, 0, 4096, 2000 },
        { 600, 100, 4096, 2000 },
        { 1000, 0, 4096, 1000 },
        { 1380, 0, 4096, 4000 },
        { 1380, 0, 8192, 2000 },
        { 2000, 50, 16384, 10000 },
    };

    /// <summary>A request for less speed may not be made while the last old packets of a burst wait: its own call and stall would make them late, 0.47 % of all of them.</summary>
    [Fact]
    public void No_request_makes_late_what_waits()
    {
        (AdversarialPair worst, double score) = new PromisedSetting(756, 78, 16384, 645).Search(budget: 250, seed: 16695307177071379371);
        Assert.True(score < 1, $"score {score}: {worst}");
    }

    /// <summary>With waits in it that end as late as they may.</summary>
    [Theory]
    [InlineData(30, 5, 1024, 200, 1000, 20)]
    [InlineData(100, 20, 1024, 500, 10000, 100)]
    [InlineData(500, 0, 2048, 1000, 100, 60)]
    [InlineData(550, 0, 4096, 2000, 10000, 5)]
    [InlineData(1380, 0, 16384, 4000, 10000, 200)]
    public void No_pair_found_breaks_a_promise_of_who_waits(int latencyUs, int stallUs, int ring, int boundUs, int waitUs, int wakeUs)
    {
        PromisedSetting setting = new(latencyUs, stallUs, ring, boundUs) { WaitUs = waitUs, WakeUs = wakeUs };
        Assert.Equal((true, true), (setting.Certificates.Loss.LossFree, setting.Certificates.Delay.Kept));
        long asleep = 0;
        (AdversarialPair worst, double score) = setting.Search(s_budget, (ulong)(latencyUs + ring), waits: time => asleep += time);
        Assert.True(score < 1, $"score {score}: {worst}");
        Assert.True(asleep > 0, "it never waited");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void No_pair_found_loses_a_packet_or_keeps_more_than_a_thousandth_waiting_too_long(int latencyUs, int stallUs, int ring, int boundUs)
    {
        PromisedSetting setting = new(latencyUs, stallUs, ring, boundUs);
        Assert.Equal((true, true), (setting.Certificates.Loss.LossFree, setting.Certificates.Delay.Kept));
        double late = 0;
        (AdversarialPair worst, double score) = setting.Search(s_budget, (ulong)(latencyUs + ring), share => late = Math.Max(late, share));
        output.WriteLine(FormattableString.Invariant($"{setting}: score {score:f3}, at most {late:p3} late in {s_budget}: {worst}"));
        Assert.True(score < 1 && late <= PromisedSetting.MostLate, $"score {score}, {late:p3} late: {worst}");
    }
}
