using PollScale.Memif;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Tests.Memif;

public sealed unsafe class PacketRegionTests : IDisposable
{
    private readonly string _path = $"/dev/shm/pollscale-test-{Guid.NewGuid():N}";

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_file_and_its_region_share_memory()
    {
        using TestRegion host = new(6, 5, 256);
        File.WriteAllBytes(_path, new ReadOnlySpan<byte>(host.Memory, host.Layout.RegionSize));

        using PacketRegion first = PacketRegion.Open(_path);
        using PacketRegion second = PacketRegion.Open(_path);
        first.SetState(LcoreState.Polling);
        first.Delay.Record(77);
        *(first.Telemetry - first.Layout.Telemetry + PacketRegionLayout.StopField) = 1;

        Assert.Equal((ulong)LcoreState.Polling, second.TelemetryField(LcoreTelemetryLayout.State));
        Assert.Equal(77UL, second.Delay.Snapshot().Max);
        Assert.True(second.StopRequested);
        Assert.Equal(64, second.RxQueue.Size);
        Assert.Equal(32, second.TxQueue.Size);
    }

    [Fact]
    public void A_missing_file_is_named() => Refused("Cannot open");

    [Fact]
    public void An_empty_file_is_refused_before_it_is_touched()
    {
        File.WriteAllBytes(_path, []);
        Refused("0 bytes");
    }

    [Fact]
    public void A_file_that_was_cut_off_is_refused_before_it_is_touched()
    {
        using TestRegion host = new();
        File.WriteAllBytes(_path, new ReadOnlySpan<byte>(host.Memory, host.Layout.RegionSize - 4096));
        Refused("cut off");
    }

    [Fact]
    public void A_foreign_file_is_refused()
    {
        File.WriteAllBytes(_path, new byte[8192]);
        Refused("not a PollScale packet region");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ring_without_a_cookie_is_refused(bool rx)
    {
        using TestRegion host = new();
        (rx ? host.Rx : host.Tx).Cookie = 1;
        File.WriteAllBytes(_path, new ReadOnlySpan<byte>(host.Memory, host.Layout.RegionSize));
        Refused(rx ? "rx ring's cookie" : "tx ring's cookie");
    }

    [Fact]
    public void Mapped_memory_that_is_too_short_is_refused()
    {
        using TestRegion host = new();
        Assert.Throws<PacketRegionException>(() => PacketRegion.At(host.Memory, host.Layout.RegionSize - 1));
        Assert.Throws<PacketRegionException>(() => PacketRegion.At(host.Memory, 10));
    }

    [Fact]
    public void A_telemetry_field_outside_the_block_is_refused()
    {
        using TestRegion host = new();
        using PacketRegion region = host.Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => region.TelemetryField(LcoreTelemetryLayout.Size - 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.TelemetryField(-8));
    }

    private void Refused(string expected)
    {
        PacketRegionException fault = Assert.Throws<PacketRegionException>(() => PacketRegion.Open(_path));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }
}
