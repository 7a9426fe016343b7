using System.Diagnostics;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Shadow;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Scaling;

public sealed class IdleTests : IDisposable
{
    private const ulong Wait = 4 * ScalerLab.Period;
    private readonly ScalerLab _lab = new();
    private readonly List<ulong> _waits = [];
    private ulong _late;

    private LcoreScalerOptions Options => _lab.Options with
    {
        Wait = ticks =>
        {
            _waits.Add(ticks);
            _lab.Now += ticks + _late;
        },
    };

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Nobody_waits_whose_governor_does_not_say_so()
    {
        using LcoreScaler scaler = Settled(Options, wait: 0);
        ulong decisions = scaler.Decisions;
        Assert.False(scaler.Idle());
        Assert.Equal((decisions, 0UL, TimeSpan.Zero), (scaler.Decisions, scaler.Waits, scaler.Idled));
        Assert.Empty(_waits);
    }

    [Fact]
    public void The_sample_that_follows_tells_of_the_wait_and_is_taken_at_the_first_poll()
    {
        using LcoreScaler scaler = Settled(Options);
        _late = 700;
        Assert.True(scaler.Idle());
        Assert.Equal([Wait], _waits);
        ulong decisions = scaler.Decisions;
        _lab.Now += 300;
        scaler.Observe(3, 0);
        Assert.Equal(decisions + 1, scaler.Decisions);
        Assert.Equal((Wait + 1000, Wait + 700, 700UL, 3u, 300.0), (_lab.Governor.Last.ElapsedTicks, _lab.Governor.Last.IdleTicks, _lab.Governor.Last.LateTicks, _lab.Governor.Last.Received, _lab.Governor.Last.PollingTicks));
        Assert.Equal((1UL, (Wait + 700) / 2500), (scaler.Waits, (ulong)scaler.Idled.TotalMicroseconds));

        _lab.Pass(scaler);
        Assert.Equal((0UL, 0UL), (_lab.Governor.Last.IdleTicks, _lab.Governor.Last.LateTicks));
    }

    [Fact]
    public void What_was_polled_since_the_last_decision_is_decided_on_first()
    {
        using LcoreScaler scaler = Settled(Options);
        ulong decisions = scaler.Decisions;
        scaler.Observe(5, 0);
        scaler.Observe(0, 0);
        Assert.True(scaler.Idle());
        Assert.Equal((decisions + 1, 5u, 0), (scaler.Decisions, _lab.Governor.Last.Received, _lab.Governor.Last.Backlog));

        scaler.Observe(5, 2);
        scaler.Observe(0, 0);
        _lab.Governor.WaitTicks = 0;
        Assert.False(scaler.Idle());
    }

    [Fact]
    public void While_a_change_is_asked_for_or_refused_nobody_waits()
    {
        using LcoreScaler scaler = Settled(Options);
        _lab.Governor.Next = new ScalingDecision(7);
        _lab.Host.Fault = FrequencyStatus.BackendFailed;
        _lab.Pass(scaler);
        Assert.False(scaler.Idle());
        _lab.Pass(scaler);
        Assert.False(scaler.Idle());
        Assert.Empty(_waits);
    }

    [Fact]
    public void Nobody_waits_while_packets_of_another_queue_do()
    {
        using LcoreScaler scaler = Settled(Options with { Queues = 2 });
        scaler.ObserveQueue(1, 32, 4);
        scaler.ObserveQueue(0, 0, 0);
        Assert.False(scaler.Idle());
        scaler.ObserveQueue(1, 4, 0);
        scaler.ObserveQueue(0, 0, 0);
        Assert.True(scaler.Idle());
    }

    /// <summary>What came meanwhile may be in a queue that is polled last: a decision that was made before is none.</summary>
    [Fact]
    public void After_a_wait_each_queue_is_looked_at_before_a_period_begins()
    {
        using LcoreScaler scaler = Settled(Options with { Queues = 3 });
        for (int queue = 0; queue < 3; queue++)
        {
            scaler.ObserveQueue(queue, 0, 0);
        }

        Assert.True(scaler.Idle());
        ulong decisions = scaler.Decisions;
        scaler.ObserveQueue(0, 0, 0);
        scaler.ObserveQueue(1, 0, 0);
        scaler.ObserveQueue(2, 32, 70);
        Assert.Equal((decisions + 3, 70), (scaler.Decisions, _lab.Governor.Last.Backlog));
        scaler.ObserveQueue(0, 0, 0);
        Assert.Equal(decisions + 3, scaler.Decisions);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(2_000_000_000)]
    public void A_clock_that_leaps_back_during_a_wait_leaves_no_time_behind(ulong back)
    {
        using LcoreScaler scaler = Settled(Options with { Wait = ticks => _lab.Now -= back });
        Assert.True(scaler.Idle());
        _lab.Now += 500;
        scaler.Observe(0, 0);
        Assert.Equal((0UL, 0UL, 0.0, TimeSpan.Zero), (_lab.Governor.Last.IdleTicks, _lab.Governor.Last.LateTicks, _lab.Governor.Last.PollingTicks, scaler.Idled));
    }

    [Fact]
    public void Another_thread_is_refused_and_does_not_wait()
    {
        using LcoreScaler scaler = Settled(Options);
        Exception? refused = null;
        Thread other = new(() => refused = Record.Exception(() => scaler.Idle()));
        other.Start();
        other.Join();
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Empty(_waits);
    }

    [Fact]
    public void A_shadow_waits_for_nobody()
    {
        using ShadowTransport shadow = new();
        using LcoreScaler scaler = Settled(Options with { Transport = shadow });
        Assert.False(scaler.Idle());
        Assert.Empty(_waits);
    }

    [Theory]
    [InlineData(WaitMechanism.Sleep)]
    [InlineData(WaitMechanism.Pause)]
    [InlineData(WaitMechanism.Tpause)]
    public void By_any_mechanism_it_is_no_shorter_than_it_is_to_be(WaitMechanism mechanism)
    {
        Assert.SkipWhen(mechanism == WaitMechanism.Tpause && !WaitPackage.IsHere, "This CPU has no WAITPKG (CPUID.7.0:ECX[5] is 0).");
        Assert.InRange(Waited(mechanism, milliseconds: 3).TotalMilliseconds, 2.9, double.MaxValue);
    }

    /// <summary>By default the kernel ends a sleep up to 50 us late, on purpose.</summary>
    [Theory]
    [InlineData(WaitMechanism.Sleep, 1)]
    [InlineData(WaitMechanism.Pause, 50_000)]
    public void Who_sleeps_has_no_slack(WaitMechanism mechanism, int slack)
    {
        const int PR_GET_TIMERSLACK = 30;
        (int left, TimeSpan waited) = (0, TimeSpan.Zero);
        Thread loop = new(() =>
        {
            _ = LibC.prctl(LibC.PR_SET_TIMERSLACK, 50_000, 0, 0, 0);
            waited = Waited(mechanism, milliseconds: 1);
            left = LibC.prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
        });
        loop.Start();
        loop.Join();
        Assert.True(waited > TimeSpan.Zero);
        Assert.Equal(slack, left);
    }

    // How long a wait takes by this machine's clocks; zero for none. Time that this thread was not given looks like a leap of the clock, after which nobody waits for a few decisions.
    private static TimeSpan Waited(WaitMechanism mechanism, ulong milliseconds)
    {
        using LoopbackTransport host = new();
        ScalerLab.Told governor = new() { WaitTicks = Clock.TscClock.Frequency.FromMicroseconds(milliseconds * 1000), Next = new ScalingDecision(0) };
        using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = host, Governor = _ => governor, Pinning = ThreadPinning.Ignore, WaitBy = mechanism });
        for (int i = 0; i < 100; i++)
        {
            for (ulong decided = scaler.Decisions; scaler.Decisions == decided;)
            {
                scaler.Observe(0, 0);
            }

            Stopwatch time = Stopwatch.StartNew();
            if (scaler.Idle())
            {
                return time.Elapsed;
            }
        }

        return TimeSpan.Zero;
    }

    private LcoreScaler Settled(LcoreScalerOptions options, ulong wait = Wait)
    {
        LcoreScaler scaler = new(options);
        _lab.Governor.WaitTicks = wait;
        for (int i = 0; i < 20; i++)
        {
            _lab.Pass(scaler);
        }

        return scaler;
    }
}
