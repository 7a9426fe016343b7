using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Report;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Report;

public unsafe class TelemetryAuditTests
{
    private const double TscKHz = 2_000_000; // 2 ticks a ns

    [Fact]
    public void Consistent_claims_are_converted_and_give_no_note()
    {
        GuestTelemetry claims = Read(block =>
        {
            Set(block, LcoreTelemetryLayout.MainTsc, 1000 + 4_000_000);
            Set(block, LcoreTelemetryLayout.Received, 3);
            Set(block, LcoreTelemetryLayout.Forwarded, 2);
            Set(block, LcoreTelemetryLayout.Drops + (8 * (int)DropCause.NoRoute), 1);
            Set(block, LcoreTelemetryLayout.Calls, 1);
            new LogLinearHistogram(block + LcoreTelemetryLayout.Delay).Record(20_000);
            new LogLinearHistogram(block + LcoreTelemetryLayout.RoundTrip).Record(60);
            Set(block, LcoreTelemetryLayout.Waits, 1);
            Set(block, LcoreTelemetryLayout.IdleTicks, 50_000_000);
            new LogLinearHistogram(block + LcoreTelemetryLayout.WakeTime).Record(8_000);
        });
        TelemetryAudit audit = new(claims, new HostCounts(4, 1, 2, 1, 1000, 100_000_000), TscKHz);

        Assert.Empty(audit.Notes);
        Assert.Equal(2, audit.BootMs);
        Assert.Equal(10, audit.DelayUs.P50!.Value, 0.2);
        Assert.Equal(10, audit.DelayUs.Max);
        Assert.Equal(30, audit.RoundTripNs.P50!.Value, 0.6);
        Assert.Equal((1ul, 4), (audit.Waits, audit.LateUs.Max));
        Assert.Equal((1ul, 1ul, 2ul), (audit.Dropped["ring_full"], audit.Dropped["no_route"], audit.DroppedTotal));
    }

    [Theory]
    [InlineData(LcoreTelemetryLayout.Received, 5ul, "received")]
    [InlineData(LcoreTelemetryLayout.Forwarded, 1ul, "forwarded")]
    [InlineData(LcoreTelemetryLayout.Calls, 2ul, "calls")]
    [InlineData(LcoreTelemetryLayout.MainTsc, 5ul, "start time")]
    [InlineData(LcoreTelemetryLayout.MainTsc, ulong.MaxValue, "start time")]
    [InlineData(LcoreTelemetryLayout.Drops, ulong.MaxValue, "dropped")]
    [InlineData(LcoreTelemetryLayout.Delay, 1ul << 60, "queueing delays")]
    [InlineData(LcoreTelemetryLayout.RoundTrip + 80, ulong.MaxValue, "round trips")]
    [InlineData(LcoreTelemetryLayout.IdleTicks, 1ul << 60, "waited for longer")]
    [InlineData(LcoreTelemetryLayout.WakeTime + 80, ulong.MaxValue, "ends of waits")]
    public void A_claim_that_cannot_be_true_is_noted(int offset, ulong value, string word)
    {
        GuestTelemetry claims = Read(block =>
        {
            new LogLinearHistogram(block + LcoreTelemetryLayout.Delay).Record(50);
            Set(block, offset, value);
        });
        TelemetryAudit audit = new(claims, new HostCounts(4, 0, 0, 1, 1000, 2000), TscKHz);

        Assert.Contains(word, Assert.Single(audit.Notes));
    }

    [Fact]
    public void Random_telemetry_never_throws_and_shows_only_finite_numbers()
    {
        Prop.ForAll<int, (ushort At, ulong Value)[], ulong>((seed, edits, counts) =>
        {
            GuestTelemetry claims = Read(block =>
            {
                if (seed % 3 == 0)
                {
                    new System.Random(seed).NextBytes(new Span<byte>(block, LcoreTelemetryLayout.Size));
                }

                foreach ((ushort at, ulong value) in edits)
                {
                    Set(block, at % (LcoreTelemetryLayout.Size / 8) * 8, at % 5 == 0 ? ulong.MaxValue : value);
                }
            });
            TelemetryAudit audit = new(claims, new HostCounts(counts, counts / 3, counts / 5, counts / 7, counts / 2, counts), TscKHz);
            double?[] shown = [audit.DelayUs.P50, audit.DelayUs.P99, audit.DelayUs.P999, audit.DelayUs.Max, audit.RoundTripNs.P50, audit.RoundTripNs.P99, audit.RoundTripNs.P999, audit.RoundTripNs.Max, audit.BootMs];
            Assert.All(shown, value => Assert.True(value is null || (double.IsFinite(value.Value) && value >= 0)));
            Assert.NotNull(JsonSerializer.Serialize(audit.DelayUs));
            Percentiles live = TelemetryAudit.Live(claims.RoundTrip, counts, 2);
            return ((double?[])[live.P50, live.P99, live.P999, live.Max]).All(value => value is null || double.IsFinite(value.Value));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private delegate void Writer(byte* block);

    private static void Set(byte* block, int offset, ulong value) => *(ulong*)(block + offset) = value;

    private static GuestTelemetry Read(Writer write)
    {
        ulong[] memory = new ulong[LcoreTelemetryLayout.Size / sizeof(ulong)];
        fixed (ulong* start = memory)
        {
            write((byte*)start);
            return new TelemetryReader((nint)start).Read();
        }
    }
}
