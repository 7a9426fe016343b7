using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Polling;
using PollScale.Telemetry;
using PollScale.Tests.Shared;
using PollScale.Tests.Transports;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests;

public sealed unsafe class LcoreScalerTests : IDisposable
{
    private readonly LoopbackTransport _host = new(FakeHost.Table());
    private readonly StubGovernor _governor = new();
    private ulong _now = 1_000_000;
    private ulong _passes;

    [Fact]
    public void It_starts_at_the_fastest_and_returns_there()
    {
        LcoreScaler scaler = Make();
        Assert.Equal(0, _host.PState);
        _governor.Next = new ScalingDecision(15);
        Pass(scaler);
        Assert.Equal(15, scaler.LastGranted);
        scaler.Dispose();
        scaler.Dispose();

        Assert.Equal(0, _host.PState);
        Assert.Equal(3UL, scaler.Calls);
        scaler.Observe(32, 4000);
        Assert.Equal(3UL, scaler.Calls);
    }

    [Fact]
    public void An_unchanged_decision_makes_no_call()
    {
        using LcoreScaler scaler = Make();
        _governor.Next = new ScalingDecision(7);
        for (int i = 0; i < 100; i++)
        {
            Pass(scaler);
        }

        Assert.Equal(2UL, scaler.Calls);
        Assert.Equal(100UL, scaler.Decisions);
    }

    [Fact]
    public void A_decision_on_another_thread_is_refused_in_every_build()
    {
        using LcoreScaler scaler = Make();
        Exception? error = null;
        Thread other = new(() => error = Record.Exception(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                scaler.Observe(32, 0);
            }
        }));
        other.Start();
        other.Join();

        Assert.Contains("one on each thread", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
        Assert.Equal(0UL, scaler.Decisions);
    }

    [Theory]
    [InlineData(-5, 2)]
    [InlineData(99, 18)]
    public void A_governor_out_of_range_is_clamped(int wanted, int expected)
    {
        LoopbackTransport host = new(FakeHost.Table(fastest: 2, slowest: 18));
        using LcoreScaler scaler = Make(host);
        _governor.Next = new ScalingDecision(wanted);
        Pass(scaler);

        Assert.Equal(expected, host.PState);
    }

    [Fact]
    public void The_backlog_asked_for_brings_the_decision_forward_once()
    {
        using LcoreScaler scaler = Make();
        _governor.Next = new ScalingDecision(5, EscalateAt: 100);
        Pass(scaler);
        ulong before = scaler.Decisions;
        scaler.Observe(0, 99);
        Assert.Equal(before, scaler.Decisions);
        scaler.Observe(0, 100);
        Assert.Equal(before + 1, scaler.Decisions);
        scaler.Observe(0, 100);
        Assert.Equal(before + 1, scaler.Decisions);
    }

    [Theory]
    [InlineData(FrequencyStatus.Denied, 2, 5)]
    [InlineData(FrequencyStatus.Unsupported, 2, 5)]
    [InlineData(FrequencyStatus.UnknownCall, 2, 5)]
    [InlineData(FrequencyStatus.Throttled, 5, 60)]
    [InlineData(FrequencyStatus.BackendFailed, 5, 60)]
    public void A_host_that_fails_is_asked_ever_more_rarely(FrequencyStatus fault, int atLeast, int atMost)
    {
        using LcoreScaler scaler = Make();
        _host.Fault = fault;
        _governor.Next = new ScalingDecision(9, EscalateAt: 1);
        for (int i = 0; i < 100_000; i++)
        {
            _now += 25_000; // 10 us
            scaler.Observe(32, 2000);
        }

        Assert.InRange(scaler.FailedCalls, (ulong)atLeast - 1, (ulong)atMost);
        Assert.Equal(fault, scaler.LastStatus);
        _host.Fault = FrequencyStatus.Granted;
        for (int i = 0; i < 200_000; i++)
        {
            _now += 25_000;
            scaler.Observe(32, 2000);
        }

        Assert.Equal(9, scaler.LastGranted);
    }

    [Fact]
    public void After_a_failed_backend_the_fastest_is_asked_for_first()
    {
        using LcoreScaler scaler = Make();
        _governor.Next = new ScalingDecision(9);
        Pass(scaler);
        _host.Fault = FrequencyStatus.BackendFailed;
        _governor.Next = new ScalingDecision(20);
        Pass(scaler);
        _host.Fault = FrequencyStatus.Granted;
        _now += 2_500_000;
        Pass(scaler);

        Assert.Equal(0, _host.PState);
        Pass(scaler);
        Assert.Equal(20, _host.PState);
    }

    [Fact]
    public void A_refusing_host_is_never_asked_to_change()
    {
        LoopbackTransport host = new(FakeHost.Table(), controlGranted: false);
        using LcoreScaler scaler = Make(host);
        _governor.Next = new ScalingDecision(9, EscalateAt: 1);
        for (int i = 0; i < 1000; i++)
        {
            Pass(scaler);
        }

        Assert.Equal(0UL, scaler.Calls);
        Assert.Equal(1UL, host.Calls);
        Assert.Equal(20, scaler.LastGranted);
    }

    [Fact]
    public void Samples_add_up_to_the_polls()
    {
        using LcoreScaler scaler = Make();
        uint received = 0;
        Random random = new(3);
        for (int i = 0; i < 50_000; i++)
        {
            _now += 1000;
            int burst = random.Next(-1, 33);
            received += (uint)Math.Max(burst, 0);
            scaler.Observe(burst, random.Next(0, 50));
        }

        Pass(scaler);
        PollCounters counters = scaler.Counters;
        Assert.Equal(received, counters.Received);
        Assert.Equal(counters.Received, _governor.Received);
        Assert.Equal(counters.Polls, _governor.Polls);
        Assert.Equal(counters.EmptyPolls, _governor.EmptyPolls);
        Assert.Equal(counters.FullPolls, _governor.FullPolls);
        Assert.Equal(50_000UL + _passes, counters.Polls);
    }

    [Fact]
    public void Decisions_come_about_once_a_period()
    {
        using LcoreScaler scaler = Make();
        for (int i = 0; i < 100_000; i++)
        {
            _now += 100; // 40 ns a poll at 2.5 GHz: 4 ms in all
            scaler.Observe(0, 0);
        }

        Assert.InRange(scaler.Decisions, 150UL, 260UL);
    }

    [Fact]
    public void A_clock_that_runs_backwards_is_no_time()
    {
        using LcoreScaler scaler = Make();
        _now = 10;
        Pass(scaler);

        Assert.Equal(0UL, _governor.Last.ElapsedTicks);
    }

    [Fact]
    public void Round_trips_are_recorded()
    {
        LatencyHistogram histogram = new();
        using LcoreScaler scaler = new(Options(_host) with { RoundTrips = histogram });
        _governor.Next = new ScalingDecision(4);
        Pass(scaler);

        Assert.Equal(scaler.Calls, histogram.Snapshot().Count);
        Assert.True(scaler.Calls > 1);
    }

    [Fact]
    public void Observing_allocates_nothing()
    {
        using LcoreScaler scaler = new(Options(_host) with { Ticks = null, Governor = null });
        Drive(scaler, 100_000);
        Allocated.Nothing(() => Drive(scaler, 1_000_000));
        Assert.True(scaler.Decisions > 10);
    }

    [Fact]
    public void Every_option_out_of_range_is_named()
    {
        LcoreScalerOptions good = Options(_host);
        Bad(good with { RingSize = 31 }, nameof(LcoreScalerOptions.RingSize));
        Bad(good with { RingSize = 65537 }, nameof(LcoreScalerOptions.RingSize));
        Bad(good with { BurstSize = 0 }, nameof(LcoreScalerOptions.BurstSize));
        Bad(good with { BurstSize = 64, RingSize = 32 }, nameof(LcoreScalerOptions.BurstSize));
        Bad(good with { DecisionPeriod = TimeSpan.Zero }, nameof(LcoreScalerOptions.DecisionPeriod));
        Bad(good with { DecisionPeriod = TimeSpan.FromSeconds(1) }, nameof(LcoreScalerOptions.DecisionPeriod));
        Bad(good with { Pinning = (ThreadPinning)9 }, nameof(LcoreScalerOptions.Pinning));
        Bad(good with { Cpu = 2, Pinning = ThreadPinning.Ignore }, nameof(LcoreScalerOptions.Cpu));
        Bad(good with { Cpu = -1, Pinning = ThreadPinning.Pin }, nameof(LcoreScalerOptions.Cpu));
    }

    [Fact]
    public void A_thread_is_pinned_or_refused() => OnThread(() =>
    {
        int cpu = LastAllowedCpu(out int count);
        Assert.SkipUnless(count > 1, "one CPU only");

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => new LcoreScaler(Options(_host) with { Pinning = ThreadPinning.Require }));
        Assert.Contains("taskset", refused.Message, StringComparison.Ordinal);
        using (LcoreScaler pinned = new(Options(_host) with { Pinning = ThreadPinning.Pin, Cpu = cpu }))
        {
            Assert.Equal(new LcoreId(cpu), pinned.Lcore);
            Assert.Equal(cpu, LibC.sched_getcpu());
        }

        using (LcoreScaler required = new(Options(_host) with { Pinning = ThreadPinning.Require }))
        {
            Assert.Equal(new LcoreId(cpu), required.Lcore);
        }

        InvalidOperationException other = Assert.Throws<InvalidOperationException>(() => new LcoreScaler(Options(_host) with { Pinning = ThreadPinning.Require, Cpu = 1023 }));
        Assert.Contains("1023", other.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new LcoreScaler(Options(_host) with { Pinning = ThreadPinning.Pin, Cpu = 1023 }));
    });

    public void Dispose() => _host.Dispose();

    private void Pass(LcoreScaler scaler)
    {
        _now += 50_000;
        _passes++;
        ulong before = scaler.Decisions;
        scaler.Observe(0, 0);
        while (scaler.Decisions == before)
        {
            _passes++;
            scaler.Observe(0, 0);
        }
    }

    private LcoreScaler Make(LoopbackTransport? host = null) => new(Options(host ?? _host));

    private LcoreScalerOptions Options(LoopbackTransport host) => new()
    {
        Transport = host,
        Governor = _ => _governor,
        Pinning = ThreadPinning.Ignore,
        Ticks = () => _now,
        Frequency = new TscFrequency(2_500_000, TscSource.Calibration),
    };

    private static void Drive(LcoreScaler scaler, int polls)
    {
        for (int i = 0; i < polls; i++)
        {
            int burst = (i >> 10) % 3 * 16;
            scaler.Observe(burst, burst * (i & 127));
        }
    }

    private static void Bad(LcoreScalerOptions options, string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new LcoreScaler(options));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static int LastAllowedCpu(out int count)
    {
        cpu_set_t allowed = default;
        Assert.Equal(0, LibC.sched_getaffinity(0, (nuint)sizeof(cpu_set_t), &allowed));
        count = allowed.Count;
        int last = cpu_set_t.CPU_SETSIZE - 1;
        while (!allowed.IsSet(last))
        {
            last--;
        }

        return last;
    }

    private static void OnThread(Action test)
    {
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private sealed class StubGovernor : IGovernor
    {
        public ScalingDecision Next { get; set; }

        public QueueSample Last { get; private set; }

        public ulong Received { get; private set; }

        public ulong Polls { get; private set; }

        public ulong EmptyPolls { get; private set; }

        public ulong FullPolls { get; private set; }

        public ScalingDecision Decide(in QueueSample sample)
        {
            Last = sample;
            Received += sample.Received;
            Polls += sample.Polls;
            EmptyPolls += sample.EmptyPolls;
            FullPolls += sample.FullPolls;
            return Next;
        }
    }
}
