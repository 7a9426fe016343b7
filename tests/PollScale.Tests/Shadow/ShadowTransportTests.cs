using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Shadow;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Shadow;

public class ShadowTransportTests
{
    private const uint TscKHz = 1_000_000;
    private ulong _now;

    [Fact]
    public void One_scaler_takes_it_and_no_other()
    {
        using ShadowTransport transport = new();
        using LcoreScaler scaler = Scaler(transport);

        Assert.Contains("make one for each", Assert.Throws<InvalidOperationException>(() => Scaler(transport)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_answers_as_a_host_does_and_slows_nobody()
    {
        using ShadowTransport transport = new(new ShadowOptions { KHz = [2_000_000, 1_000_000], Watts = [2, 1] });

        Assert.Equal(1L, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 1)).Value);
        Assert.Equal(1L, transport.Call(new FrequencyCall(FrequencyOp.GetPState)).Value);
        Assert.True(transport.Call(new FrequencyCall(FrequencyOp.SetPState, 2)).IsError);
        Assert.Equal(65536u, transport.StretchQ16);
        Assert.Equal(20_000u, transport.PStates.TransitionLatencyNs);
    }

    [Fact]
    public void A_scaler_of_another_transport_has_no_shadow()
    {
        using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = new PollScale.Transports.LoopbackTransport(), Pinning = ThreadPinning.Ignore });

        Assert.Null(scaler.Shadow);
    }

    [Fact]
    public void An_idle_lcore_would_be_at_the_slowest_and_take_its_power()
    {
        using ShadowTransport transport = new();
        using LcoreScaler scaler = Scaler(transport);
        Poll(scaler, 2_000_000, 0);
        ShadowReport report = scaler.Shadow!;

        Assert.InRange(report.SavedShare, 0.70, 0.7125);
        Assert.InRange(report.Residency[^1], 0.98, 1);
        Assert.Equal(1, report.Residency.Sum(), 9);
        Assert.Equal(0UL, report.Arrived);
        Assert.StartsWith("Would have saved 7", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_queues_count_together()
    {
        using ShadowTransport transport = new();
        using LcoreScaler scaler = Scaler(transport, queues: 2);
        for (int i = 0; i < 1000; i++)
        {
            _now += 20_000;
            scaler.ObserveQueue(i % 2, 8, 3);
        }

        int third = scaler.AddQueue();
        scaler.RemoveQueue(third);
        Assert.InRange(scaler.Shadow!.Arrived, 7_900UL, 8_006UL);
        Assert.Equal(0UL, scaler.Shadow.Lost);
    }

    [Fact]
    public void Another_thread_is_refused()
    {
        using ShadowTransport transport = new();
        using LcoreScaler scaler = Scaler(transport);
        Exception? refused = null;
        Thread other = new(() => refused = Record.Exception(() => scaler.Shadow));
        other.Start();
        other.Join();

        Assert.IsType<InvalidOperationException>(refused);
    }

    [Fact]
    public void Polls_allocate_nothing()
    {
        using ShadowTransport transport = new();
        using LcoreScaler scaler = Scaler(transport);

        Allocated.Nothing(() => Poll(scaler, 200_000, 4));
    }

    public static TheoryData<ShadowOptions, string> Wrong => new()
    {
        { new ShadowOptions { KHz = [] }, "KHz" },
        { new ShadowOptions { KHz = [1000, 1000], Watts = [2, 1] }, "falling" },
        { new ShadowOptions { KHz = [uint.MaxValue], Watts = [2] }, "KHz" },
        { new ShadowOptions { KHz = [2000, 1000] }, "one for each P-state" },
        { new ShadowOptions { KHz = [2000, 1000], Watts = [1, 2] }, "Watts" },
        { new ShadowOptions { KHz = [2000, 1000], Watts = [double.NaN, 2] }, "Watts" },
        { new ShadowOptions { TransitionLatency = TimeSpan.FromSeconds(1) }, "0 .. 100 ms" },
        { new ShadowOptions { CallTime = TimeSpan.FromTicks(-1) }, "0 .. 10 ms" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_out_of_range_are_refused_with_what_is_right(ShadowOptions options, string told) =>
        Assert.Contains(told, Assert.Throws<ArgumentException>(() => new ShadowTransport(options)).Message, StringComparison.Ordinal);

    private LcoreScaler Scaler(ShadowTransport transport, int queues = 1) => new(new LcoreScalerOptions
    {
        Transport = transport,
        Queues = queues,
        Pinning = ThreadPinning.Ignore,
        Ticks = () => _now,
        Frequency = new TscFrequency(TscKHz, TscSource.Calibration),
    });

    // Polls of 100 ns, one in ten with packets.
    private void Poll(LcoreScaler scaler, int polls, int packets)
    {
        for (int i = 0; i < polls; i++)
        {
            int received = i % 10 == 0 ? packets : 0;
            _now += 100 + (100 * (ulong)received);
            scaler.Observe(received, 0);
        }
    }
}
