using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class EstimatorTests
{
    private const double TicksPerMicrosecond = 2500;

    [Fact]
    public void A_steady_rate_is_found()
    {
        QueueEstimator estimator = Make();
        for (int i = 0; i < 500; i++)
        {
            estimator.Observe(Sample(us: 20, received: 40, polls: 400), 1);
        }

        Assert.Equal(2.0, PerMicrosecond(estimator.ArrivalRate), 0.02);
        Assert.Equal(2.0, PerMicrosecond(estimator.PeakRate), 0.02);
    }

    [Fact]
    public void A_jump_is_believed_within_two_windows()
    {
        QueueEstimator estimator = Make();
        for (int i = 0; i < 500; i++)
        {
            estimator.Observe(Sample(us: 20, received: 4, polls: 400), 1);
        }

        estimator.Observe(Sample(us: 20, received: 0, polls: 10) with { Backlog = 56 }, 1);
        estimator.Observe(Sample(us: 20, received: 32, polls: 1) with { Backlog = 80 }, 1);

        Assert.InRange(PerMicrosecond(estimator.ArrivalRate), 2.5, 2.9);
    }

    [Fact]
    public void Packets_that_waited_are_arrivals_only_once()
    {
        QueueEstimator estimator = Make();
        estimator.Observe(Sample(us: 100, received: 0, polls: 1) with { Backlog = 1000 }, 1);
        Assert.Equal(0, estimator.ArrivalRate);
        estimator.Observe(Sample(us: 100, received: 500, polls: 16) with { Backlog = 500 }, 1);
        Assert.Equal(0, estimator.ArrivalRate);
    }

    [Fact]
    public void Unknown_backlog_is_guessed_from_unbroken_full_bursts()
    {
        QueueEstimator estimator = Make();
        QueueSample full = Sample(us: 20, received: 64, polls: 2) with { Backlog = -1, EmptyPolls = 0, FullPolls = 2 };
        estimator.Observe(full, 1);
        estimator.Observe(full, 1);
        Assert.Equal(128, estimator.Backlog);
        estimator.Observe(full with { FullPolls = 1 }, 1);
        Assert.Equal(0, estimator.Backlog);
    }

    [Fact]
    public void Full_bursts_teach_the_cost_of_a_packet()
    {
        PacketCostEstimator cost = new(32, 1000);
        QueueSample full = new() { ElapsedTicks = 64 * 500, Received = 64, Polls = 2, FullPolls = 2, Settled = true };
        for (int i = 0; i < 100; i++)
        {
            cost.Observe(full, cyclesPerTick: 1.2);
        }

        Assert.Equal(600, cost.CyclesPerPacket, 1.0);
    }

    [Fact]
    public void The_first_full_burst_after_others_teaches_nothing()
    {
        PacketCostEstimator cost = new(32, 1000);
        for (int i = 0; i < 100; i++)
        {
            cost.Observe(new QueueSample { ElapsedTicks = 100, Received = 32, Polls = 1, FullPolls = 1, Settled = true }, 1);
            cost.Observe(new QueueSample { ElapsedTicks = 100_000, Received = 1, Polls = 1, Settled = true }, 1);
        }

        Assert.Equal(1000, cost.CyclesPerPacket);
    }

    [Fact]
    public void Half_load_lowers_a_prior_that_is_too_high_but_never_raises_it()
    {
        PacketCostEstimator high = new(32, 10_000);
        PacketCostEstimator low = new(32, 100);
        QueueSample half = new() { ElapsedTicks = 80_000, Received = 80, Polls = 400, EmptyPolls = 360, FullPolls = 0, Settled = true };
        for (int i = 0; i < 2000; i++)
        {
            high.Observe(half, 1);
            low.Observe(half, 1);
        }

        Assert.InRange(high.CyclesPerPacket, 1000, 1100);
        Assert.Equal(100, low.CyclesPerPacket);
    }

    [Fact]
    public void One_outlier_moves_the_cost_little()
    {
        PacketCostEstimator cost = new(32, 1000);
        QueueSample full = new() { ElapsedTicks = 32_000, Received = 32, Polls = 1, FullPolls = 1, Settled = true };
        cost.Observe(full, 1);
        cost.Observe(full with { ElapsedTicks = 1_000_000_000 }, 1);

        Assert.InRange(cost.CyclesPerPacket, 1000, 1126);
    }

    [Fact]
    public void Unsettled_samples_teach_nothing()
    {
        PacketCostEstimator cost = new(32, 1000);
        for (int i = 0; i < 100; i++)
        {
            cost.Observe(new QueueSample { ElapsedTicks = 64, Received = 64, Polls = 2, FullPolls = 2 }, 1);
        }

        Assert.Equal(1000, cost.CyclesPerPacket);
    }

    [Fact]
    public void A_refusal_waits_a_second_and_a_spent_budget_ever_longer()
    {
        TscFrequency frequency = new(1_000_000, TscSource.Calibration); // 1 tick = 1 ns
        CallBackoff backoff = new(frequency);
        backoff.Failed(FrequencyStatus.Throttled, 0);
        Assert.False(backoff.MayCall(99_999));
        Assert.True(backoff.MayCall(100_000));
        backoff.Failed(FrequencyStatus.Throttled, 0);
        Assert.False(backoff.MayCall(199_999));
        Assert.True(backoff.MayCall(200_000));
        Assert.False(backoff.FailHigh);
        for (int i = 0; i < 1000; i++)
        {
            backoff.Failed(FrequencyStatus.BackendFailed, 0);
        }

        Assert.True(backoff.FailHigh);
        Assert.True(backoff.MayCall(102_400_000));
        backoff.Failed(FrequencyStatus.Denied, 0);
        Assert.False(backoff.MayCall(999_999_999));
        Assert.True(backoff.MayCall(1_000_000_000));
        backoff.Succeeded();
        Assert.True(backoff.MayCall(0));
        Assert.False(backoff.Failing || backoff.FailHigh);
    }

    private static QueueEstimator Make() => new(new QueueEstimatorOptions(
        200 * TicksPerMicrosecond, 2000 * TicksPerMicrosecond, 1e6 * TicksPerMicrosecond, 10 * TicksPerMicrosecond, 90 * TicksPerMicrosecond, 32, 1000));

    private static double PerMicrosecond(double perTick) => perTick * TicksPerMicrosecond;

    private static QueueSample Sample(double us, uint received, uint polls) => new()
    {
        ElapsedTicks = (ulong)(us * TicksPerMicrosecond),
        Received = received,
        Polls = polls,
        EmptyPolls = polls / 2,
        Settled = true,
    };
}
