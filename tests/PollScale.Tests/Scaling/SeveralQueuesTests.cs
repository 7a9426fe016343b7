using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Scaling;

public sealed class SeveralQueuesTests : IDisposable
{
    private readonly ScalerLab _lab = new();

    [Fact]
    public void The_governor_sees_the_sum_of_all_queues()
    {
        using LcoreScaler scaler = new(_lab.Options with { Queues = 3 });
        scaler.ObserveQueue(0, 32, 100);
        scaler.ObserveQueue(1, 1, 20);
        scaler.ObserveQueue(2, 0, 3);
        scaler.ObserveQueue(1, 1, 10);
        PassQueue(scaler, 2, 3);

        Assert.Equal(113, _lab.Governor.Last.Backlog);
        Assert.Equal(34U, _lab.Governor.Last.Received);
        Assert.Equal(1U, _lab.Governor.Last.FullPolls);
    }

    [Fact]
    public void A_queue_is_quiet_from_a_poll_that_left_nothing_until_one_that_may_have()
    {
        QueueBacklogs queues = new(3, burstSize: 32, ringSize: 128);
        Assert.Equal(0u, queues.Quiet);
        queues.Set(0, 0, 0);
        queues.Set(1, 31, -1);
        queues.Set(2, 0, 1);
        Assert.Equal(0b011u, queues.Quiet);
        queues.Set(0, 32, -1);
        queues.Set(1, 1, 7);
        queues.Set(2, 0, -1);
        Assert.Equal(0b100u, queues.Quiet);
        queues.Remove(2);
        Assert.Equal(0u, queues.Quiet);
    }

    [Fact]
    public void The_sum_brings_the_decision_forward_from_a_poll_of_any_queue()
    {
        using LcoreScaler scaler = new(_lab.Options with { Queues = 2 });
        _lab.Governor.Next = new ScalingDecision(5, EscalateAt: 100);
        PassQueue(scaler, 0, 0);
        ulong before = scaler.Decisions;
        scaler.ObserveQueue(1, 1, 60);
        scaler.ObserveQueue(0, 1, 39);
        Assert.Equal(before, scaler.Decisions);
        scaler.Observe(1, 40);
        Assert.Equal(before + 1, scaler.Decisions);
        Assert.Equal(100, _lab.Governor.Last.Backlog);
    }

    [Fact]
    public void A_queue_that_cannot_tell_counts_by_unbroken_full_bursts()
    {
        QueueBacklogs queues = new(2, burstSize: 32, ringSize: 128);
        Assert.Equal(7, queues.Set(1, 5, 7));
        Assert.Equal(39, queues.Set(0, 32, -1));
        Assert.Equal(71, queues.Set(0, 32, -95));
        Assert.Equal(64, queues.Guessed);
        for (int i = 0; i < 10; i++)
        {
            queues.Set(0, 32, -1);
        }

        Assert.Equal(128 + 7, queues.Sum);
        Assert.Equal(7, queues.Set(0, 31, -1));
    }

    [Fact]
    public void The_sum_is_what_was_told_last_whatever_comes() => Prop.ForAll<(byte Queue, int Backlog)[]>(polls =>
    {
        QueueBacklogs queues = new(16, 32, 4096);
        long[] last = new long[16];
        foreach ((byte queue, int backlog) in polls)
        {
            last[queue % 16] = backlog < 0 ? 0 : Math.Min(backlog, 1 << 26);
            queues.Set(queue % 16, 1, backlog);
        }

        return queues.Sum == last.Sum() && queues.Sum >= 0;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(4096, 32, 1, 4096)]
    [InlineData(4096, 32, 16, 4096 - (15 * 32))]
    [InlineData(256, 32, 16, 128)]
    public void One_ring_less_what_comes_unseen_is_planned_with(int ring, int burst, int queues, int expected)
    {
        GovernorContext? seen = null;
        using LcoreScaler scaler = new(_lab.Options with
        {
            RingSize = ring,
            BurstSize = burst,
            Queues = queues,
            Governor = context =>
            {
                seen = context;
                return _lab.Governor;
            },
        });

        Assert.Equal(expected, seen!.RingSize);
        Assert.Equal(expected == ring / 2, scaler.Warnings.Any(text => text.Contains($"{queues} queues", StringComparison.Ordinal)));
    }

    // Four rings of a quarter of the packets each, or all packets into one: the sum is the same, and so is the outcome.
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void No_ring_overflows_however_packets_are_spread(bool allIntoOne, bool reportsBacklog)
    {
        const int Queues = 4;
        SimulatedLcore lcore = new(t => (long)(t / 0.004) % 2 == 1 ? 2.6e6 : 0.1e6, ring: 2048, queues: Queues)
        {
            ReportsBacklog = reportsBacklog,
            QueueOf = allIntoOne ? _ => 2 : packet => (int)(packet % Queues),
        };
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.1);

        Assert.Equal(0, lcore.Lost);
        Assert.True(lcore.Calls > 10);
        Assert.True(lcore.Granted.Max() > 15, "it never slowed down");
    }

    [Fact]
    public void A_queue_that_is_not_there_is_named()
    {
        using LcoreScaler one = new(_lab.Options);
        one.ObserveQueue(0, 1, 1);
        Assert.Equal(1UL, one.Counters.Polls);
        foreach (int queue in (int[])[-1, 1, int.MaxValue])
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => one.ObserveQueue(queue, 1, 1));
            Assert.Contains("LcoreScalerOptions.Queues", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1UL, one.Counters.Polls);
    }

    [Fact]
    public void Disposed_it_only_counts()
    {
        LcoreScaler scaler = new(_lab.Options with { Queues = 2 });
        scaler.Dispose();
        ulong calls = scaler.Calls;
        for (int i = 0; i < 10_000; i++)
        {
            _lab.Now += ScalerLab.Period;
            scaler.ObserveQueue(1, 32, 4000);
            scaler.Observe(32, 4000);
        }

        Assert.Equal(calls, scaler.Calls);
        Assert.Equal(20_000UL, scaler.Counters.Polls);
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Queues_come_and_go_while_it_runs()
    {
        List<int> planned = [];
        using LcoreScaler scaler = new(_lab.Options with { Governor = context => { planned.Add(context.RingSize); return _lab.Governor; } });
        _lab.Governor.Next = new ScalingDecision(9);
        _lab.Pass(scaler, backlog: 10);
        Assert.Equal(9, _lab.Host.PState);

        // Another queue leaves less of a ring to plan with, so that the governor is made anew and the fastest asked for.
        Assert.Equal(1, scaler.AddQueue());
        Assert.Equal((2, 0), (scaler.Queues, _lab.Host.PState));
        scaler.ObserveQueue(0, 1, 100);
        PassQueue(scaler, 1, 30);
        Assert.Equal(130, _lab.Governor.Last.Backlog);

        // A number that is free is given again; what a queue held goes with it.
        Assert.Equal(2, scaler.AddQueue());
        scaler.ObserveQueue(2, 1, 5);
        scaler.RemoveQueue(1);
        PassQueue(scaler, 2, 7);
        Assert.Equal(107, _lab.Governor.Last.Backlog);
        Assert.Throws<ArgumentOutOfRangeException>(() => scaler.ObserveQueue(1, 1, 1));
        Assert.Equal(1, scaler.AddQueue());
        scaler.RemoveQueue(1);
        scaler.RemoveQueue(2);

        // Alone again, by the single queue's way.
        _lab.Pass(scaler, backlog: 3);
        Assert.Equal(3, _lab.Governor.Last.Backlog);
        Assert.Equal([4096, 4064, 4032, 4064, 4032, 4064, 4096], planned);
        Assert.Throws<InvalidOperationException>(() => scaler.RemoveQueue(0));
    }

    [Fact]
    public void Sixteen_queues_are_the_most()
    {
        LcoreScaler scaler = new(_lab.Options with { Queues = 16 });
        Assert.Contains("16 queues", Assert.Throws<InvalidOperationException>(() => scaler.AddQueue()).Message, StringComparison.Ordinal);
        scaler.RemoveQueue(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => scaler.Observe(1, 1));
        Assert.Equal(0, scaler.AddQueue());
        scaler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scaler.AddQueue());
    }

    private void PassQueue(LcoreScaler scaler, int queue, int backlog)
    {
        _lab.Now += ScalerLab.Period;
        ulong before = scaler.Decisions;
        while (scaler.Decisions == before)
        {
            scaler.ObserveQueue(queue, 0, backlog);
        }
    }
}
