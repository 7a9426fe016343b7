using PollScale.Clock;
using PollScale.GuestProbe.Bench;
using PollScale.Memif;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Samples.QueueScaler.Modes;
using PollScale.Telemetry;
using PollScale.Tests.QueueScaler.Forwarding;
using Xunit;

namespace PollScale.Tests.QueueScaler.Modes;

public sealed unsafe class ForwardPacketsTests : IDisposable
{
    private readonly PacketRegionLayout _layout = PacketRegionLayout.Create(log2RxSize: 8, log2TxSize: 8);
    private readonly int _fd;
    private readonly byte* _memory;
    private readonly PrivateRegion _host;

    public ForwardPacketsTests()
    {
        _fd = LibC.memfd_create("region", LibC.MFD_CLOEXEC);
        Assert.True(_fd >= 0);
        Assert.Equal(0, LibC.ftruncate(_fd, _layout.RegionSize));
        _memory = (byte*)LibC.mmap(null, (nuint)_layout.RegionSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, _fd, 0);
        Assert.True(_memory != LibC.MAP_FAILED);
        _host = new PrivateRegion(_layout, _memory, owned: false);
    }

    public void Dispose()
    {
        _host.Dispose();
        _ = LibC.munmap(_memory, (nuint)_layout.RegionSize);
        _ = LibC.close(_fd);
    }

    [Theory]
    [InlineData("drain-time")]
    [InlineData("optimal-available")]
    [InlineData("max")]
    [InlineData("min")]
    [InlineData("index:2")]
    [InlineData("arrival-envelope:rate-margin=1.05")]
    [InlineData("l3fwd-power")]
    public void A_region_is_forwarded_from_start_to_done(string governor)
    {
        for (int i = 0; i < 100; i++)
        {
            _host.Fill(0, Frames.Ipv4(0x0A000000 | (uint)(i * 65_537)), TscClock.Now, (ulong)i);
            _host.Offer(1);
        }

        _host.Stop();
        Assert.True(Run(governor, 1000));
        PacketRegion region = _host.Region;
        Assert.Equal((ulong)LcoreState.Done, region.TelemetryField(LcoreTelemetryLayout.State));
        Assert.Equal(1000ul, region.TelemetryField(LcoreTelemetryLayout.MainTsc));
        Assert.True(region.TelemetryField(LcoreTelemetryLayout.PollingTsc) > 1000);
        Assert.Equal(100ul, region.TelemetryField(LcoreTelemetryLayout.Received));
        Assert.Equal(100ul, region.TelemetryField(LcoreTelemetryLayout.Forwarded));
        Assert.Equal(region.TelemetryField(LcoreTelemetryLayout.Calls), region.RoundTrip.Snapshot().Count);
        Assert.Equal(0ul, region.TelemetryField(LcoreTelemetryLayout.PState));
        Assert.Equal(100, _host.Forwarded);
    }

    [Fact]
    public void A_p_state_that_the_host_lacks_is_a_usage_error() =>
        Assert.Contains("index:63", Assert.Throws<UsageException>(() => Run("index:63", 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_region_is_refused()
    {
        *_memory = 0;
        Assert.Throws<PacketRegionException>(() => Run("max", 0));
    }

    // On a thread of its own, because the run pins its thread.
    private bool Run(string governor, ulong mainTsc)
    {
        Options options = OptionsParser.Parse(["--region", $"/proc/self/fd/{_fd}", "--doorbell", "loopback", "--work-ns", "0", "--governor", governor]);
        bool drained = false;
        Exception? error = null;
        Thread thread = new(() =>
        {
            try
            {
                drained = ForwardPackets.Run(options, mainTsc);
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? drained : throw error;
    }
}
