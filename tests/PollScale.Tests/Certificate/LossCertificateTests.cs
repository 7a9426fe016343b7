using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.Tests.Governors;

public class LossCertificateTests
{
    private static readonly LossPremises s_synthetic = new()
    {
        PStates = Table(1),
        Cost = new ServiceCost(700 + (60 / 32.0), 60 + (20 / 32.0)),
        PeakPacketsPerSecond = 3.39e6,
        RingSize = 4096,
        TransitionLatency = TimeSpan.FromMicroseconds(500),
        Actuator = ActuatorPremises.Covered,
        DecisionPeriod = TimeSpan.FromMicroseconds(20),
        BurstSize = 0,
    };

    [Theory]
    [InlineData(4096, 500, 0.264)]
    [InlineData(2048, 500, 0.528)]
    [InlineData(1024, 500, 1.0555)]
    [InlineData(2048, 1550, 1.593)]
    [InlineData(1024, 30, 0.1015)]
    public void Without_call_and_burst_it_is_the_plain_ratio(int ring, int latency, double lambda) => Assert.Equal(
        lambda,
        LossCertificate.For(s_synthetic with { RingSize = ring, TransitionLatency = TimeSpan.FromMicroseconds(latency) }).Lambda,
        0.001);

    [Fact]
    public void Call_and_burst_count_as_the_bound_of_the_governor_counts_them()
    {
        LossPremises premises = s_synthetic with { CallTime = TimeSpan.FromMicroseconds(50), BurstSize = 32 };
        double slowest = premises.Cost.PacketsPerSecond(1_000_000);
        LossBound bound = new(premises.RingSize, new WorstCase(500, 20, 50, 0, 32));
        double limit = bound.Limit(premises.PeakPacketsPerSecond / 1e6, slowest / 1e6, 2, 2);
        Assert.Equal(premises.RingSize - limit + 32, LossCertificate.For(premises).Lambda * premises.RingSize, 1e-6);
    }

    [Fact]
    public void A_stall_at_each_change_piles_up_more()
    {
        double Lambda(int us) => LossCertificate.For(s_synthetic with { Actuator = new ActuatorPremises { Stall = TimeSpan.FromMicroseconds(us) } }).Lambda;
        Assert.True(Lambda(0) < Lambda(20) && Lambda(20) < Lambda(40));
    }

    [Fact]
    public void A_floor_and_a_ring_are_named_where_they_help()
    {
        LossCertificate certificate = LossCertificate.For(s_synthetic with { RingSize = 1024 });
        Assert.False(certificate.LossFree);
        Assert.Equal(2048, certificate.SmallestRing);
        Assert.Equal(19, certificate.FloorPState);
        Assert.Equal("Loss cannot be ruled out: 1,081 packets can pile up at P-state 20 (1000 MHz) before a faster one takes effect, but the ring holds only 1,024 (Lambda 1.06). Keep the lcore at P-state 19 (1100 MHz) or faster, or use a ring of 2,048.", certificate.Text);
    }

    [Fact]
    public void A_peak_above_the_fastest_p_state_helps_nothing()
    {
        LossCertificate certificate = LossCertificate.For(s_synthetic with { PeakPacketsPerSecond = 4e6 });
        Assert.True(certificate.PeakExceedsFastest);
        Assert.False(certificate.LossFree);
        Assert.Null(certificate.FloorPState);
        Assert.Null(certificate.SmallestRing);
        Assert.Contains("no floor and no ring helps. Spread", certificate.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_policy_allows_counts()
    {
        PStateTable capped = new(Table(1).KHz, 5, 10, 0);
        LossCertificate certificate = LossCertificate.For(s_synthetic with { PStates = capped });
        Assert.True(certificate.PeakExceedsFastest);
        certificate = LossCertificate.For(s_synthetic with { PStates = capped, PeakPacketsPerSecond = 2.9e6 });
        Assert.Equal(10, certificate.FloorPState);
        Assert.Contains("P-state 10 (2000 MHz)", certificate.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_too_long_for_any_ring_are_named()
    {
        LossCertificate certificate = LossCertificate.For(s_synthetic with { CallTime = TimeSpan.FromMilliseconds(100) });
        Assert.Null(certificate.FloorPState);
        Assert.Null(certificate.SmallestRing);
        Assert.Contains("Shorten the calls", certificate.Text, StringComparison.Ordinal);
        certificate = LossCertificate.For(s_synthetic with { CallTime = TimeSpan.FromMilliseconds(2) });
        Assert.Null(certificate.FloorPState);
        Assert.Contains("(Lambda 3.57). Use a ring of 16,384.", certificate.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Floor_ring_and_verdict_agree() => Prop.ForAll<byte[]>(bytes =>
    {
        LossPremises premises = Premises(bytes);
        LossCertificate certificate = LossCertificate.For(premises);
        int slowest = premises.PStates.SlowestAllowed;
        bool floorFits = certificate.FloorPState is not int floor
            ? certificate.PeakExceedsFastest || From(0).Lambda > 1
            : From(floor).LossFree && (floor == slowest || !From(floor + 1).LossFree);
        bool ringFits = certificate.SmallestRing is not int ring
            ? !LossCertificate.For(premises with { RingSize = LossCertificate.LargestRing }).LossFree
            : LossCertificate.For(premises with { RingSize = ring }).LossFree && (ring == 1 || !LossCertificate.For(premises with { RingSize = ring / 2 }).LossFree);
        return floorFits && ringFits && certificate.LossFree == (certificate.FloorPState == slowest);

        LossCertificate From(int pState) => LossCertificate.For(premises with { PStates = new PStateTable(premises.PStates.KHz, 0, pState, 0) });
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Every_premise_that_gets_worse_makes_lambda_no_smaller() => Prop.ForAll<byte[], byte>((bytes, more) =>
    {
        LossPremises premises = Premises(bytes);
        TimeSpan later = TimeSpan.FromMicroseconds(more);
        double lambda = LossCertificate.For(premises).Lambda;
        LossPremises[] worse =
        [
            premises with { PeakPacketsPerSecond = premises.PeakPacketsPerSecond * (1 + (more / 100.0)) },
            premises with { TransitionLatency = premises.TransitionLatency + later },
            premises with { DecisionPeriod = premises.DecisionPeriod + later },
            premises with { CallTime = premises.CallTime + later },
            premises with { BurstSize = premises.BurstSize + more },
            premises with { RingSize = Math.Max(1, premises.RingSize - more) },
            premises with { Actuator = new ActuatorPremises { Stall = premises.Actuator.Stall + later } },
            premises with { Cost = premises.Cost with { CyclesPerPacket = premises.Cost.CyclesPerPacket + more } },
            premises with { Cost = premises.Cost with { MemoryNs = premises.Cost.MemoryNs + more } },
            premises with { PStates = Table(1.0 / (1 + (more / 100.0))) },
        ];
        return worse.All(premise => LossCertificate.For(premise).Lambda >= lambda * (1 - 1e-12)
            && (LossCertificate.For(premises).LossFree || !LossCertificate.For(premise).LossFree));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Slower_time_changes_nothing() => Prop.ForAll<byte[], byte>((bytes, by) =>
    {
        int factor = 1 + (by % 16);
        LossPremises premises = Premises(bytes);
        LossPremises slow = premises with
        {
            Cost = new ServiceCost(premises.Cost.CyclesPerPacket * factor, premises.Cost.MemoryNs * factor),
            PeakPacketsPerSecond = premises.PeakPacketsPerSecond / factor,
            TransitionLatency = premises.TransitionLatency * factor,
            DecisionPeriod = premises.DecisionPeriod * factor,
            CallTime = premises.CallTime * factor,
        };
        double lambda = LossCertificate.For(premises).Lambda;
        return Math.Abs(LossCertificate.For(slow).Lambda - lambda) <= 1e-9 * lambda;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Premises_out_of_range_are_refused()
    {
        LossPremises[] wrong =
        [
            s_synthetic with { Cost = default },
            s_synthetic with { Cost = new ServiceCost(double.NaN) },
            s_synthetic with { PeakPacketsPerSecond = 0 },
            s_synthetic with { PeakPacketsPerSecond = double.NaN },
            s_synthetic with { RingSize = 0 },
            s_synthetic with { TransitionLatency = TimeSpan.FromTicks(-1) },
            s_synthetic with { DecisionPeriod = TimeSpan.MaxValue },
            s_synthetic with { CallTime = TimeSpan.FromSeconds(2) },
            s_synthetic with { BurstSize = 1025 },
        ];
        Assert.All(wrong, premises => Assert.Throws<ArgumentException>(() => LossCertificate.For(premises)));
    }

    [Fact]
    public void It_is_withheld_where_the_actuator_is_not_covered()
    {
        ActuatorPremises[] doubtful =
        [
            new() { RequestsWait = true },
            ActuatorPremises.Real("the kernel", TimeSpan.FromMicroseconds(10)),
            ActuatorPremises.Real(null, TimeSpan.FromMicroseconds(20)),
        ];
        Assert.Null(LossCertificate.For(s_synthetic).Withheld);
        Assert.All(doubtful, actuator =>
        {
            LossCertificate certificate = LossCertificate.For(s_synthetic with { Actuator = actuator });
            Assert.Equal((false, actuator.Doubt, null, null), (certificate.LossFree, certificate.Withheld, certificate.FloorPState, certificate.SmallestRing));
            Assert.StartsWith("Loss is not ruled out: ", certificate.Text, StringComparison.Ordinal);
            Assert.Contains(actuator.Doubt!, certificate.Text, StringComparison.Ordinal);
        });

        // Where the ring would not do, that is the reason, and no ring is named.
        LossCertificate small = LossCertificate.For(s_synthetic with { RingSize = 1024, Actuator = doubtful[0] });
        Assert.Equal((null, null, null), (small.Withheld, small.FloorPState, small.SmallestRing));
        Assert.Contains(doubtful[0].Doubt!, small.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_withheld_where_the_governor_does_not_keep_the_rule()
    {
        GovernorContext context = new(s_synthetic.PStates, 1_000_000, s_synthetic.RingSize, 32, 20_000);
        Assert.True(Of("optimal-available:peak=3390000,actuator-latency=500us").LossFree);
        Assert.True(Of("drain-time:peak=3390000,actuator-latency=500us").LossFree);
        Assert.True(Of("max").LossFree);
        Assert.True(Of("min").PeakExceedsFastest);
        Assert.All(
            (string[])["optimal-available:peak=0,actuator-latency=500us", "optimal-available:peak=3000000,actuator-latency=500us", "optimal-available:peak=3390000,actuator-latency=100us",
                "drain-time:actuator-latency=500us", "drain-time:peak=3390000,actuator-latency=0us", "arrival-envelope"],
            text => Assert.NotNull(Of(text).Withheld));

        LossCertificate Of(string text) => LossCertificate.For(s_synthetic with { Governor = GovernorCatalog.Parse(text)(context) });
    }

    private static PStateTable Table(double speed) =>
        new([.. Enumerable.Range(0, 21).Select(i => (uint)((3_000_000 - (i * 100_000)) * speed))], 0, 20, 0);

    private static LossPremises Premises(byte[] bytes)
    {
        return s_synthetic with
        {
            Cost = new ServiceCost(100 + (At(0) * 4), At(1)),
            PeakPacketsPerSecond = 20e3 * (1 + At(2)),
            RingSize = 1 << (At(3) % 14),
            TransitionLatency = TimeSpan.FromMicroseconds(At(4) * 6),
            DecisionPeriod = TimeSpan.FromMicroseconds(At(5)),
            CallTime = TimeSpan.FromMicroseconds(At(6) % 64),
            BurstSize = At(7) % 65,
        };

        int At(int index) => index < bytes.Length ? bytes[index] : 100;
    }
}
