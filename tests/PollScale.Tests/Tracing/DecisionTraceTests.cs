using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Tests.Scaling;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class DecisionTraceTests
{
    [Fact]
    public void Changes_are_recorded_with_what_they_rest_on()
    {
        using ScalerLab lab = new();
        DecisionTrace trace = new();
        LcoreScaler scaler = new(lab.Options with { Trace = trace, RingSize = 1024, PeakPacketsPerSecond = 14.88e6 });
        lab.Governor.Next = new ScalingDecision(12);
        lab.Governor.LastReason = DecisionReason.Rate;
        lab.Governor.ArrivalsPerSecond = 2e6;
        lab.Pass(scaler, backlog: 3);
        lab.Pass(scaler, backlog: 4);
        lab.Governor.Next = new ScalingDecision(3);
        lab.Governor.LastReason = DecisionReason.Certificate;
        lab.Pass(scaler, backlog: 812);
        ulong decidedAt = lab.Now;
        lab.Host.Fault = FrequencyStatus.Throttled;
        lab.Governor.Next = new ScalingDecision(5);
        lab.Pass(scaler);
        lab.Host.Fault = FrequencyStatus.Granted;
        scaler.Dispose();

        Assert.Equal(
            [
                "P20 -> P0: the scaler starts at the fastest",
                "P0 -> P12: 2,000,000 packets/s arrive",
                "P12 -> P3: backlog 812 would overflow the ring of 1024 in 14 us at the line rate",
                "P3 stays: the slowest from which the ring of 1024 cannot overflow before a later request helps; P5 was wanted, the host answered Throttled",
                "P3 -> P0: the scaler stops at the fastest",
            ],
            trace.Snapshot().Select(record => record.Explain()));
        DecisionRecord third = trace.Snapshot()[2];
        Assert.Equal((2UL, decidedAt, 812, 2e6, DecisionCause.Governor, DecisionReason.Certificate, 3), (third.Number, third.Ticks, third.Backlog, third.ArrivalsPerSecond, third.Cause, third.Reason, third.Wanted));
    }

    [Fact]
    public void Every_decision_is_recorded_where_asked_for()
    {
        using ScalerLab lab = new() { Host = new LoopbackTransport(FakeHost.Table(), controlGranted: false) };
        DecisionTrace trace = new(everyDecision: true);
        using LcoreScaler scaler = new(lab.Options with { Trace = trace });
        lab.Governor.Next = new ScalingDecision(4);
        for (int i = 0; i < 10; i++)
        {
            lab.Pass(scaler, backlog: -1);
        }

        Assert.Equal(10, trace.Snapshot().Count);
        Assert.Equal("P20 stays: the governor wants it and does not say why; P4 was wanted, but the host is not to be asked now", trace.Snapshot()[9].Explain());
        Assert.Contains(scaler.Warnings, text => text.Contains("policy", StringComparison.Ordinal));
    }

    [Fact]
    public void The_oldest_are_overwritten()
    {
        DecisionTrace trace = new(capacity: 17);
        Assert.Equal(32, trace.Capacity);
        for (int i = 0; i < 100; i++)
        {
            trace.Write(new DecisionRecord { Backlog = i });
        }

        Assert.Equal(Enumerable.Range(68, 32), trace.Snapshot().Select(record => record.Backlog));
        DecisionRecord[] newest = new DecisionRecord[3];
        Assert.Equal(3, trace.CopyTo(newest));
        Assert.Equal([97UL, 98UL, 99UL], newest.Select(record => record.Number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DecisionTrace(15));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DecisionTrace(65537));
    }

    [Fact]
    public void A_record_survives_packing()
    {
        DecisionTrace trace = new();
        foreach (DecisionReason reason in Enum.GetValues<DecisionReason>())
        {
            foreach (DecisionCause cause in Enum.GetValues<DecisionCause>())
            {
                DecisionRecord record = new()
                {
                    Number = trace.Written,
                    Ticks = ulong.MaxValue,
                    Backlog = -1,
                    ArrivalsPerSecond = 1.25e6,
                    Before = 63,
                    After = 62,
                    Wanted = 61,
                    Cause = cause,
                    Reason = reason,
                    Called = true,
                    Status = FrequencyStatus.UnknownCall,
                };
                trace.Write(record);
                Assert.Equal(record, trace.Snapshot()[^1]);
                Assert.NotEmpty(record.Explain());
            }
        }
    }

    [Fact]
    public void A_reader_never_sees_half_a_record()
    {
        DecisionTrace trace = new(16);
        const int Records = 300_000;
        Thread writer = new(() =>
        {
            for (int i = 0; i < Records; i++)
            {
                trace.Write(new DecisionRecord { Ticks = (ulong)i, Backlog = i, ArrivalsPerSecond = i, Before = i & 63, After = i & 63, Wanted = i & 63 });
            }
        });
        writer.Start();
        DecisionRecord[] records = new DecisionRecord[16];
        do
        {
            int copied = trace.CopyTo(records);
            foreach (DecisionRecord record in records.AsSpan(0, copied))
            {
                int i = (int)record.Number;
                Assert.Equal(((ulong)i, i, (double)i, i & 63, i & 63, i & 63), (record.Ticks, record.Backlog, record.ArrivalsPerSecond, record.Before, record.After, record.Wanted));
            }
        }
        while (trace.Written < Records);
        writer.Join();
        Assert.Equal(16, trace.CopyTo(records));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        using ScalerLab lab = new();
        using LcoreScaler scaler = new(lab.Options with { Trace = new DecisionTrace(everyDecision: true), Governor = context => new OptimalAvailableGovernor(context) });
        Drive(lab, scaler);
        Allocated.Nothing(() => Drive(lab, scaler));
    }

    [Theory]
    [InlineData("drain-time", DecisionReason.Idle, DecisionReason.Drain)]
    [InlineData("optimal-available", DecisionReason.Calibration, DecisionReason.Certificate, DecisionReason.Idle, DecisionReason.Rate)]
    public void Governors_give_their_reasons(string name, params DecisionReason[] reasons)
    {
        SimulatedLcore lcore = new(t => t < 0.02 ? 0 : (long)(t / 0.004) % 2 == 1 ? 2.8e6 : 0.2e6, ring: 1024);
        DecisionTrace trace = new(65536, everyDecision: true);
        using LcoreScaler scaler = new(lcore.Options(context => name == "drain-time" ? new DrainTimeGovernor(context) : new OptimalAvailableGovernor(context, new OptimalAvailableOptions { DelayBound = TimeSpan.FromMilliseconds(1) })) with
        {
            Trace = trace,
            PeakPacketsPerSecond = 3e6,
        });
        lcore.Run(scaler, 0.1);
        HashSet<DecisionReason> seen = [.. trace.Snapshot().Select(record => record.Reason)];

        Assert.Subset(seen, reasons.ToHashSet());
    }

    [Fact]
    public void A_ring_about_to_overflow_is_the_reason()
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        GovernorSamples.Repeat(governor, 5000, pState => GovernorSamples.Quiet with { PState = pState });
        Assert.Equal(DecisionReason.Idle, governor.LastReason);
        Assert.Equal(0, governor.Decide(GovernorSamples.Poll(20, 32, 4000) with { PState = 20 }).PState);
        Assert.Equal(DecisionReason.Certificate, governor.LastReason);
    }

    private static void Drive(ScalerLab lab, LcoreScaler scaler)
    {
        for (int i = 0; i < 1000; i++)
        {
            lab.Pass(scaler, received: i % 33, backlog: i % 500);
        }
    }
}
