using FsCheck;
using FsCheck.Fluent;
using PollScale.Samples.QueueScaler;
using Xunit;

namespace PollScale.Tests.QueueScaler;

public class WorkStretcherTests
{
    private const ulong Step = 10;

    [Fact]
    public void Without_emulation_the_stand_in_work_takes_its_time()
    {
        Lcore lcore = new() { StretchQ16 = 4 << 16 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 100, emulated: false);
        Assert.InRange(lcore.Burst(ref stretcher, processing: 500, packets: 8), 1300ul, 1300 + (2 * Step));
    }

    [Fact]
    public void Without_emulation_and_stand_in_work_nothing_spins()
    {
        Lcore lcore = new();
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 0, emulated: false);
        Assert.Equal(500 + Step, lcore.Burst(ref stretcher, processing: 500, packets: 8));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(3.0)]
    public void An_emulated_burst_takes_own_and_stand_in_time_stretched(double stretch)
    {
        Lcore lcore = new() { StretchQ16 = (uint)(stretch * 65536) };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 100, emulated: true);
        for (int round = 0; round < 40; round++)
        {
            ulong expected = (ulong)(32 * (100 + 50) * stretch);
            Assert.InRange(lcore.Burst(ref stretcher, processing: (32 * 50) - Step, packets: 32), expected, expected + (2 * Step));
        }

        Assert.Equal(50ul, stretcher.OwnTicks);
    }

    [Fact]
    public void A_preempted_burst_hardly_moves_the_own_time()
    {
        Lcore lcore = new() { StretchQ16 = 2 << 16 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 0, emulated: true);
        for (int round = 0; round < 100; round++)
        {
            lcore.Burst(ref stretcher, processing: round == 0 || round == 50 ? 10_000_000 : (32 * 50) - Step, packets: 32);
        }

        Assert.InRange(stretcher.OwnTicks, 49ul, 53ul);
    }

    [Fact]
    public void The_own_time_follows_a_lasting_change()
    {
        Lcore lcore = new() { StretchQ16 = 2 << 16 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 0, emulated: true);
        for (int round = 0; round < 300; round++)
        {
            lcore.Burst(ref stretcher, processing: (ulong)(32 * (round < 50 ? 50 : 400)), packets: 32);
        }

        Assert.InRange(stretcher.OwnTicks, 390ul, 401ul);
        Assert.InRange(stretcher.MeanOwnTicks, 300ul, 340ul); // a sixth of the packets took 50, and it took some to believe in more
    }

    [Fact]
    public void A_speed_up_in_the_middle_of_a_burst_takes_effect()
    {
        // 32 * 1000 ticks at stretch 4 would take 128000; after 64000, half is done and the other half runs at stretch 1.
        Lcore lcore = new() { StretchQ16 = 4 << 16, ChangeAt = 64_000, Changed = 65536 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 1000, emulated: true);
        Assert.InRange(lcore.Burst(ref stretcher, processing: 0, packets: 32), 64_000ul + 16_000, 64_000ul + 16_000 + (6 * Step));
    }

    [Fact]
    public void A_slow_down_in_the_middle_of_a_burst_takes_effect()
    {
        Lcore lcore = new() { StretchQ16 = 65536, ChangeAt = 16_000, Changed = 2 << 16 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 1000, emulated: true);
        Assert.InRange(lcore.Burst(ref stretcher, processing: 0, packets: 32), 48_000ul - (4 * Step), 48_000ul + (6 * Step));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(65535u)]
    public void A_stretch_below_one_counts_as_one(uint stretchQ16)
    {
        Lcore lcore = new() { StretchQ16 = stretchQ16 };
        WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standInTicks: 100, emulated: true);
        Assert.InRange(lcore.Burst(ref stretcher, processing: 0, packets: 1), 100ul, 100 + (3 * Step));
    }

    [Fact]
    public void Any_burst_takes_the_stretched_time_within_one_reading_of_the_clock()
    {
        Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            uint stretch = (uint)random.Next(65536, 8 << 16);
            int packets = random.Next(1, 33);
            ulong standIn = (ulong)random.Next(0, 2000);
            ulong own = (ulong)random.Next((int)Step, 200);
            Lcore lcore = new() { StretchQ16 = stretch };
            WorkStretcher<FakeClock> stretcher = new(new FakeClock(lcore), standIn, emulated: true);
            ulong expected = (ulong)packets * (own + standIn) * stretch / 65536;
            ulong taken = lcore.Burst(ref stretcher, ((ulong)packets * own) - Step, packets);
            ulong slack = (ulong)packets * stretch / 65536;
            return taken + slack >= expected && taken <= expected + slack + (2 * Step);
        }).QuickCheckThrowOnFailure();
    }

    private sealed class Lcore
    {
        public ulong Now { get; set; } = 1_000_000;

        public uint StretchQ16 { get; set; } = 65536;

        public ulong ChangeAt { get; init; } = ulong.MaxValue;

        public uint Changed { get; init; }

        public ulong Burst(ref WorkStretcher<FakeClock> stretcher, ulong processing, int packets)
        {
            ulong start = Now;
            Now += processing;
            ulong took = stretcher.Finish(start, packets);
            Assert.Equal(Now - start, took);
            return took;
        }
    }

    private readonly struct FakeClock(Lcore lcore) : IWorkClock
    {
        public ulong Ticks => lcore.Now += Step;

        public uint StretchQ16 => lcore.Now - 1_000_000 < lcore.ChangeAt ? lcore.StretchQ16 : lcore.Changed;
    }
}
