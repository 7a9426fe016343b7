using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class ServiceCostEstimatorTests
{
    private const double Poll = 110, Packet = 700;

    [Fact]
    public void Mixed_load_alone_gives_the_rate_at_full_load()
    {
        // A third of the time is work, no sample is all polls or all packets: both costs must still be found.
        ServiceCostEstimator cost = new(32, 1000, 1, 1_000_000);
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            uint received = (uint)random.Next(8, 40);
            uint polls = (uint)((50_000 - (received * Packet)) / Poll);
            cost.Observe(Sample(polls, received), 1);
        }

        double truth = 32 / (Poll + (32 * Packet));
        Assert.Equal(truth, cost.ServiceRate(1), 0.06 * truth);
    }

    [Fact]
    public void What_samples_should_have_taken_is_known()
    {
        ServiceCostEstimator cost = new(32, 1000, 1, 1_000_000);
        Assert.False(cost.Trusted);
        for (int i = 0; i < 2000; i++)
        {
            cost.Observe(i % 2 == 0 ? Sample(400, 0) : Sample(2, 64), 1);
        }

        Assert.True(cost.Trusted);
        double truth = (100 * Poll) + (32 * Packet);
        Assert.Equal(truth, cost.Expected(Sample(100, 32), 1), 0.01 * truth);
    }

    [Fact]
    public void What_took_far_too_long_is_no_cost_unless_it_goes_on()
    {
        ServiceCostEstimator cost = new(32, 1000, 1, 1_000_000);
        for (int i = 0; i < 2000; i++)
        {
            cost.Observe(i % 2 == 0 ? Sample(400, 0) : Sample(2, 64), 1);
        }

        double before = cost.ServiceRate(1);
        Assert.Equal(before, After(32));
        Assert.True(After(1000) < before / 4);

        double After(int samples)
        {
            for (int i = 0; i < samples; i++)
            {
                QueueSample usual = Sample(2, 64);
                cost.Observe(usual with { ElapsedTicks = usual.ElapsedTicks * 10 }, 1);
            }

            return cost.ServiceRate(1);
        }
    }

    [Fact]
    public void Calls_and_empty_samples_do_not_count()
    {
        ServiceCostEstimator cost = new(32, 1000, 1, 1_000_000);
        double before = cost.ServiceRate(1);
        cost.Observe(default, 1);
        cost.Observe(new QueueSample { ElapsedTicks = 100, CallTicks = 200, Polls = 10, Received = 20 }, 1);
        cost.Observe(new QueueSample { ElapsedTicks = 100 }, 1);
        Assert.Equal(before, cost.ServiceRate(1));
    }

    private static QueueSample Sample(uint polls, uint received) =>
        new() { ElapsedTicks = (ulong)((polls * Poll) + (received * Packet)), Polls = polls, Received = received };
}
