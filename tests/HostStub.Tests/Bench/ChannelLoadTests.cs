using PollScale.Clock;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Bench;

public class ChannelLoadTests
{
    private const int Channels = 64;

    [Fact]
    public void Sixty_four_guests_at_1000_requests_a_second_lose_nothing()
    {
        using ChannelLoad load = new(Channels, _ => ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)));
        ChannelLoadResult result = load.Run(1000, TimeSpan.FromSeconds(2), flood: false, ChannelLab.Patience);
        TestContext.Current.TestOutputHelper?.WriteLine($"p99 {result.P99Us:F1} us in the median channel, {result.WorstP99Us:F1} us in the worst");

        Assert.Equal((Channels * 2000L, Channels * 2000L), (result.Sent, result.Answered));
        Assert.All(load.Channels, channel => Assert.Equal((2000ul, 0ul, 0ul), (channel.Counters.Requests, channel.Counters.Dropped, channel.Counters.Resyncs)));
    }

    [Fact]
    public void A_flood_keeps_nobody_from_being_answered()
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        using ChannelLoad load = new(Channels, _ => OneGuestLab.Service(new SimulatedBackend(PStateFile.Default(), tscHz, TscClock.Now), OneGuest.Guest, tscHz, TscClock.Now));
        ChannelLoadResult result = load.Run(1000, TimeSpan.FromSeconds(1), flood: true, ChannelLab.Patience);

        Assert.Equal(((Channels - 1) * 1000L, (Channels - 1) * 1000L), (result.Sent, result.Answered));
        Assert.True(result.Flooded > 1000, $"The flood had only {result.Flooded} requests: no flood.");
    }
}
