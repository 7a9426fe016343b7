using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class ArrivalEnvelopeGovernorTests
{
    private const double CyclesPerPacket = 1000;

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.6)]
    public void A_steady_stream_is_served_by_a_P_state_that_suffices_and_is_not_the_fastest(double load)
    {
        int pState = Settled(new ArrivalEnvelopeGovernor(GovernorSamples.Context()), load);

        Assert.InRange(KHz(pState) / (double)KHz(0), load, Math.Max(load + 0.2, 0.4));
    }

    [Fact]
    public void After_a_burst_it_runs_faster_on_the_same_load_until_the_burst_is_forgotten()
    {
        ArrivalEnvelopeGovernor warned = new(GovernorSamples.Context(), new ArrivalEnvelopeOptions { ActuatorLatency = TimeSpan.FromMicroseconds(500) });
        int before = Settled(warned, 0.2);

        // 3,400 packets within 1 ms, when the fastest serves 3,000 and half of them come before it is in force.
        for (int i = 0; i < 50; i++)
        {
            warned.Decide(Sample(0, 68, backlog: 100));
        }

        int after = Settled(warned, 0.2, samples: 2_000), later = Settled(warned, 0.2, samples: 400_000);
        Assert.True(after < before, $"{after} {before}");
        Assert.Equal(before, later);
    }

    [Fact]
    public void A_backlog_that_must_drain_asks_for_the_fastest_at_once()
    {
        ArrivalEnvelopeGovernor governor = new(GovernorSamples.Context());
        int pState = Settled(governor, 0.2);

        Assert.Equal(0, governor.Decide(Sample(pState, 12, backlog: 3_500)).PState);
        Assert.Equal(DecisionReason.Certificate, governor.LastReason);
    }

    [Fact]
    public void Until_the_cost_of_packets_is_known_it_stays_at_the_fastest() =>
        Assert.Equal(0, new ArrivalEnvelopeGovernor(GovernorSamples.Context()).Decide(GovernorSamples.Quiet).PState);

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        ArgumentException bound = Assert.ThrowsAny<ArgumentException>(() => new ArrivalEnvelopeGovernor(GovernorSamples.Context(), new ArrivalEnvelopeOptions { DelayBound = TimeSpan.Zero }));
        ArgumentException drain = Assert.ThrowsAny<ArgumentException>(() => new ArrivalEnvelopeGovernor(GovernorSamples.Context(), new ArrivalEnvelopeOptions { DrainTime = TimeSpan.FromSeconds(2) }));

        Assert.Contains("DelayBound", bound.Message, StringComparison.Ordinal);
        Assert.Contains("50us .. 1s", drain.Message, StringComparison.Ordinal);
    }

    private static int Settled(ArrivalEnvelopeGovernor governor, double load, int samples = 100_000)
    {
        double perPeriod = KHz(0) / CyclesPerPacket * 20e-3 * load, owed = 0;
        Random random = new(1);
        return GovernorSamples.Repeat(governor, samples, pState =>
        {
            owed += perPeriod * (0.9 + (0.2 * random.NextDouble()));
            uint packets = (uint)owed;
            owed -= packets;
            return Sample(pState, packets, backlog: 0);
        });
    }

    // Polls fill what packets leave of the period; one takes 100 cycles. More packets than fit take longer.
    private static QueueSample Sample(int pState, uint packets, int backlog)
    {
        double cycles = KHz(pState) * 20e-3;
        uint polls = (uint)Math.Max(1, (cycles - (packets * CyclesPerPacket)) / 100);
        ulong ticks = (ulong)(((packets * CyclesPerPacket) + (polls * 100)) / cycles * GovernorSamples.Period);
        return new QueueSample { ElapsedTicks = ticks, Polls = polls, EmptyPolls = polls - Math.Min(polls, packets), Received = packets, Backlog = backlog, PState = pState, Settled = true };
    }

    private static uint KHz(int pState) => FakeHost.Table()[pState];
}
