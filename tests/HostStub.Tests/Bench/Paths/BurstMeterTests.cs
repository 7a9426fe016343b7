using PollScale.Clock;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Bench.Paths;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths;

public class BurstMeterTests
{
    private const int Cpu = 3;
    private const uint Fastest = 3_000_000, Slowest = 1_000_000;
    private readonly BurstMeter _meter = new(Cpu, Fastest);
    private ulong _now = 1_000;

    [Fact]
    public void A_burst_lasts_until_the_fastest_P_state_of_its_own_pCPU()
    {
        Label("region");
        Burst(0, Slowest);
        Frequency(10, Fastest, cpu: Cpu + 1);
        Frequency(10, Slowest + 1);
        Frequency(30, Fastest);
        Frequency(30, Fastest);
        BurstTimes times = Assert.Single(Ended());
        Assert.Equal(("region", 1, 0, 50ul), (times.Label, times.Answered, times.Unanswered, times.Percentile(0.5)));
    }

    [Fact]
    public void A_burst_at_the_fastest_P_state_and_one_that_never_sees_it_have_no_figure()
    {
        Label("x");
        Burst(0, Fastest);
        Frequency(5, Fastest);
        Burst(0, Slowest);
        Burst(0, Slowest);
        BurstTimes times = Assert.Single(Ended());
        Assert.Equal((0, 3), (times.Answered, times.Unanswered));
        Assert.Null(times.Percentile(0.99));
    }

    [Fact]
    public void What_a_guest_elsewhere_marks_is_no_burst_of_this_pCPU()
    {
        _meter.Take(new TraceEvent(TraceEventKind.Burst, Cpu + 1, _now, 1));
        Frequency(10, Fastest);
        Assert.Empty(Ended());
    }

    [Fact]
    public void A_label_that_comes_again_goes_on()
    {
        foreach (string label in (string[])["region", "region load 3", "region"])
        {
            Label(label);
            Burst(0, Slowest);
            Frequency(5, Fastest);
        }

        Assert.Equal([("region", 2), ("region load 3", 1)], Ended().Select(times => (times.Label, times.Answered)));
    }

    [Fact]
    public void A_label_has_no_more_than_its_length_and_nothing_that_is_not_printable()
    {
        foreach (uint part in (uint[])[0x0A0D1B41, .. Enumerable.Repeat(0x42424242u, 20), 0])
        {
            _meter.Take(new TraceEvent(TraceEventKind.Label, Cpu, _now, part));
        }

        Assert.Equal("A" + new string('B', BurstMark.MostLabel - 1), Assert.Single(Ended()).Label);
    }

    [Theory]
    [InlineData(1, 0.5, 1ul)]
    [InlineData(100, 0.5, 50ul)]
    [InlineData(100, 0.99, 99ul)]
    [InlineData(50, 0.99, 50ul)]
    [InlineData(200, 0.99, 198ul)]
    public void A_percentile_is_the_least_that_so_many_do_not_exceed(int count, double share, ulong expected)
    {
        BurstTimes times = new("");
        for (int i = count; i > 0; i--)
        {
            times.Add((ulong)i);
        }

        Assert.Equal(expected, times.Percentile(share));
    }

    [Fact]
    public void Each_label_is_compared_with_the_baseline_beside_the_same_load()
    {
        foreach ((string label, ulong ticks) in ((string, ulong)[])[("loop", 4_000), ("region", 2_000), ("region load 3", 3_000), ("loop load 3", 6_000), ("other load 7", 1_000)])
        {
            Label(label);
            Burst(0, Slowest);
            Frequency(ticks, Fastest);
        }

        BenchResult[] p99 = [.. PathsBench.Results(Ended(), "loop", new TscFrequency(2_000_000, TscSource.Calibration)).Where(result => result.Name.EndsWith("p99", StringComparison.Ordinal))];
        Assert.Equal([(2.0, null), (1, 2), (1.5, 3), (3, null), (0.5, null)], p99.Select(result => (result.Ours, result.Baseline)));
    }

    private IReadOnlyList<BurstTimes> Ended()
    {
        _meter.End();
        return _meter.Times;
    }

    private void Label(string label)
    {
        foreach (uint part in BurstMark.Parts(label))
        {
            _meter.Take(new TraceEvent(TraceEventKind.Label, Cpu, _now, part));
        }
    }

    private void Burst(ulong after, uint kHz)
    {
        Frequency(after, kHz);
        _meter.Take(new TraceEvent(TraceEventKind.Burst, Cpu, _now, 1));
    }

    private void Frequency(ulong after, uint kHz, int cpu = Cpu) => _meter.Take(new TraceEvent(TraceEventKind.Frequency, cpu, _now += after, kHz));
}
