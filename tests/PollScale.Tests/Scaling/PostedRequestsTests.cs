using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Telemetry;
using PollScale.Tests.Shared;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Scaling;

/// <summary>The scaler over a transport whose grants come later: it waits for none.</summary>
public sealed class PostedRequestsTests : IDisposable
{
    private const ulong Us = 2500, Effect = 100 * Us;
    private readonly ScalerLab _lab = new();
    private readonly PostedHost _host = new(FakeHost.Table(latencyNs: 150_000)) { Delay = 30 * Us };

    public void Dispose()
    {
        _host.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void Scaling_posts_and_only_start_and_end_wait()
    {
        LcoreScaler scaler = Make();
        Assert.Equal(2, _host.Calls);
        Pass(scaler, 9);
        Assert.Equal([9], _host.Posts);
        Assert.Equal((0, 0), (scaler.LastGranted, _host.PState));
        Pass(scaler, 9);
        Assert.Equal(0, scaler.LastGranted);
        Pass(scaler, 9);
        Assert.Equal((9, 9, 2UL), (scaler.LastGranted, scaler.LastRequested, scaler.Calls));
        scaler.Dispose();

        Assert.Equal([9], _host.Posts);
        Assert.Equal((3, 0), (_host.Calls, _host.PState));
    }

    [Fact]
    public void What_was_posted_counts_as_on_its_way_until_it_has_its_effect()
    {
        using LcoreScaler scaler = Make();
        Settle(scaler);
        Pass(scaler, 9);
        Assert.Equal((0, true), (_lab.Governor.Last.PState, _lab.Governor.Last.Settled));
        Pass(scaler, 9);
        Assert.Equal((9, false), (_lab.Governor.Last.PState, _lab.Governor.Last.Settled));
        Pass(scaler, 9);
        ulong seen = _lab.Now;
        while (!_lab.Governor.Last.Settled)
        {
            Pass(scaler, 9);
            Assert.Equal(9, _lab.Governor.Last.PState);
        }

        Assert.InRange(_lab.Now - seen, Effect, Effect + (2 * ScalerLab.Period));
    }

    [Fact]
    public void The_newest_wish_replaces_one_not_taken_yet()
    {
        using LcoreScaler scaler = Make();
        Pass(scaler, 9);
        Pass(scaler, 4);
        Pass(scaler, 4);
        Pass(scaler, 4);

        Assert.Equal([9, 4], _host.Posts);
        Assert.Equal(4, scaler.LastGranted);
    }

    [Theory]
    [InlineData(FrequencyStatus.Throttled, 4, 2, 3)]
    [InlineData(FrequencyStatus.Denied, 1, 1, 1)]
    public void An_error_read_later_makes_it_ask_more_rarely(FrequencyStatus fault, int afterMs, int atLeast, int atMost)
    {
        using LcoreScaler scaler = Make();
        _host.Fault = fault;
        Pass(scaler, 9);
        Assert.Equal(FrequencyStatus.Granted, scaler.LastStatus);
        for (int i = 0; i < afterMs * 10; i++)
        {
            Pass(scaler, 9);
        }

        Assert.InRange(_host.Posts.Count, atLeast, atMost);
        Assert.Equal((fault, 0, 0), (scaler.LastStatus, scaler.LastGranted, scaler.LastRequested));
        Assert.Equal((ulong)_host.Posts.Count, scaler.FailedCalls);
    }

    [Theory]
    [InlineData(FrequencyStatus.BackendFailed)]
    [InlineData(FrequencyStatus.TimedOut)]
    public void A_failure_read_later_asks_for_the_fastest_first(FrequencyStatus fault)
    {
        using LcoreScaler scaler = Make();
        _host.Fault = fault;
        Pass(scaler, 9);
        Pass(scaler, 9);
        Pass(scaler, 9);
        Assert.Equal(-1, scaler.LastRequested);
        _host.Fault = FrequencyStatus.Granted;
        for (int i = 0; i < 20; i++)
        {
            Pass(scaler, 9);
        }

        Assert.Equal([9, 0, 9], _host.Posts);
        Assert.Equal(9, scaler.LastGranted);
    }

    [Fact]
    public void A_change_of_the_hosts_own_is_seen()
    {
        using LcoreScaler scaler = Make();
        Settle(scaler);
        _host.Change(12);
        Pass(scaler, 0);

        Assert.Equal((12, 0), (scaler.LastGranted, scaler.LastRequested));
        Assert.Equal((12, false), (_lab.Governor.Last.PState, _lab.Governor.Last.Settled));
    }

    [Fact]
    public void The_round_trip_is_the_time_until_the_grant_is_seen()
    {
        LatencyHistogram histogram = new();
        using LcoreScaler scaler = new(Options with { RoundTrips = histogram });
        Pass(scaler, 9);
        Pass(scaler, 9);
        Pass(scaler, 9);

        Assert.Equal(2UL, histogram.Snapshot().Count);
        Assert.InRange(histogram.Snapshot().Percentile(1), 2 * ScalerLab.Period, 2.2 * ScalerLab.Period);
    }

    [Fact]
    public void The_trace_says_what_is_asked_for()
    {
        DecisionTrace trace = new();
        using LcoreScaler scaler = new(Options with { Trace = trace });
        Pass(scaler, 9);

        Assert.EndsWith("P0 stays: the governor wants it and does not say why; P9 is asked for", trace.Snapshot()[^1].Explain(), StringComparison.Ordinal);
        Assert.True(trace.Snapshot()[^1].Posted);
    }

    [Fact]
    public void Posting_allocates_nothing()
    {
        using LcoreScaler scaler = Make();
        _host.Posts.EnsureCapacity(100_000);
        _lab.Governor.Samples.EnsureCapacity(100_000);
        Many();
        Allocated.Nothing(() => Many());

        void Many()
        {
            for (int i = 0; i < 10_000; i++)
            {
                Pass(scaler, i % 20);
            }
        }
    }

    [Fact]
    public void The_governor_plans_with_the_time_until_a_grant_is_seen()
    {
        GovernorContext? context = null;
        using LcoreScaler scaler = new(Options with { Governor = made => (context = made, (IGovernor)_lab.Governor).Item2 });

        Assert.Equal(190_000u, context!.PStates.TransitionLatencyNs);
    }

    [Theory]
    [InlineData(30, 0, true)]
    [InlineData(70, 0, true)]
    [InlineData(130, 0, false)]
    [InlineData(100_000, 6, false)]
    [InlineData(100_000, 5, true)]
    public void The_certificate_takes_the_upper_bound_of_what_was_seen(int delayUs, int passes, bool holds)
    {
        using PostedHost host = new(FakeHost.Table(latencyNs: 150_000), emulated: true) { Delay = (ulong)delayUs * Us };
        using LcoreScaler scaler = new(Options with { Transport = host, Governor = _ => new Bound(TimeSpan.FromMicroseconds(190)), RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        Assert.True(scaler.Certificate!.LossFree);
        Assert.Empty(scaler.Warnings);
        for (int i = 0; i < (passes > 0 ? passes : 12); i++)
        {
            _lab.Pass(scaler);
        }

        Assert.Equal(holds, scaler.Certificate!.LossFree);
        Assert.Equal(holds, scaler.Warnings.Count == 0);
        Assert.Equal(holds, scaler.Certificate.Withheld is null);
    }

    [Fact]
    public void A_leap_of_the_clock_says_nothing_of_the_host()
    {
        using PostedHost host = new(FakeHost.Table(latencyNs: 150_000), emulated: true) { Delay = 30 * Us };
        using LcoreScaler scaler = new(Options with { Transport = host, Governor = _ => new Bound(TimeSpan.FromMicroseconds(190)), RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        _lab.Pass(scaler);
        _lab.Pass(scaler, ticks: 3_000_000 * Us);
        Assert.Equal(1UL, scaler.ClockLeaps);
        _lab.Pass(scaler);

        Assert.True(scaler.Certificate!.LossFree);
    }

    private LcoreScalerOptions Options => _lab.Options with { Transport = _host };

    private LcoreScaler Make() => new(Options);

    private void Pass(LcoreScaler scaler, int pState)
    {
        _lab.Governor.Next = new ScalingDecision(pState);
        _lab.Pass(scaler);
    }

    private void Settle(LcoreScaler scaler)
    {
        do
        {
            Pass(scaler, 0);
        }
        while (!_lab.Governor.Last.Settled);
    }

    private sealed class Bound(TimeSpan latency) : ILossBoundGovernor
    {
        public double HighWater => 1;

        public double PeakPacketsPerSecond => 2.9e6;

        public TimeSpan ActuatorLatency => latency;

        public ActuatorSurprise Surprise => ActuatorSurprise.None;

        public ScalingDecision Decide(in QueueSample sample) => new(1);
    }
}
