using PollScale.HostStub.Simulation;
using PollScale.HostStub.Tests.Traffic.Pcap;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

/// <summary>A capture named as traffic is the same to simulate and to run.</summary>
public sealed class CaptureTrafficTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public CaptureTrafficTests() => File.WriteAllBytes(
        _file, CaptureWriter.PcapFile(CaptureWriter.Nano, 1, bigEndian: false, [.. Enumerable.Range(0, 3000).Select(i => new CaptureWriter.Packet(9, (uint)(i * 1000 * (1 + (i % 3))), new byte[60])).OrderBy(packet => packet.Fraction)]));

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("", 1)]
    [InlineData(",speed=2", 2)]
    [InlineData(",speed=0.5", 0.5)]
    public void Simulate_and_run_send_it_at_the_same_times(string speed, double factor)
    {
        string text = $"pcap:file={_file}{speed}";
        SimulateOptions options = Simulate.Read("--traffic", text);
        Assert.Equal((_file, factor, 0), (options.Pcap, options.PcapSpeed, options.Workloads.Count));

        long[] simulated = new long[3000];
        IArrivals arrivals = PcapTimes.Load(_file, _ => { }, options.PcapSpeed).Start(0, long.MaxValue);
        Assert.Equal(3000, arrivals.Fill(simulated));
        using PcapTrace trace = PcapTrace.Load(_file);
        PcapProfile sent = new(text, trace, factor);
        Assert.All(simulated, time => Assert.Equal(time / SimTime.Nanosecond, sent.Next()));
        Assert.True(simulated[^1] > 0);
    }

    [Theory]
    [InlineData("by itself", "sparse")]
    [InlineData("by itself", "pcap:file=/dev/null")]
    public void It_goes_with_no_other_traffic(string expected, string other) =>
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => Simulate.Read("--traffic", $"pcap:file={_file}", "--traffic", other)).Message, StringComparison.Ordinal);

    [Fact]
    public void As_fast_as_there_is_room_is_no_time_to_simulate() =>
        Assert.Contains("give a factor", Assert.Throws<InvalidOperationException>(() => Simulate.Read("--traffic", $"pcap:file={_file},speed=max")).Message, StringComparison.Ordinal);
}
