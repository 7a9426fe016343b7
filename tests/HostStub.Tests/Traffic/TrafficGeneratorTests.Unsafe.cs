using PollScale.Clock;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Tests.Traffic.Frames;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Memif;
using PollScale.Native;
using PollScale.Placement;
using PollScale.Telemetry;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Traffic;

public unsafe class TrafficGeneratorTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact]
    public void Every_packet_of_a_run_is_accounted_for()
    {
        const string Text = "onoff:low=50kpps,high=300kpps,on=20ms,off=20ms";
        TrafficOptions options = new() { Duration = TimeSpan.FromMilliseconds(300), DrainTimeout = s_long };
        using PacketMemory memory = new(PacketRegionLayout.Create());
        using TrafficSource source = TrafficSource.Parse(Text, FrameSizes.Imix, 0, 4);
        using EchoGuest guest = new(memory);
        TrafficGenerator generator = new(memory, source, options);
        Assert.Equal(TrafficPhase.Created, generator.Phase);
        generator.Start();
        Assert.True(generator.Wait(s_long));

        TrafficSnapshot end = generator.Snapshot();
        Assert.Null(generator.Problem);
        Assert.Equal(TrafficPhase.Ended, end.Phase);
        Assert.Equal(DueBefore(Text, 4, options.Duration!.Value), end.Offered);
        Assert.Equal(end.Offered - end.RingFull, guest.Received);
        Assert.Equal(guest.Received, end.Forwarded + guest.TxFull);
        Assert.True(guest.InOrder);
        Assert.True(end.Forwarded > 0);
        Assert.Equal(0UL, end.OutOfOrder + end.Duplicates + end.InvalidFrames + end.CorruptIndices);
        Assert.Equal(0, end.Backlog);
    }

    [Fact]
    public void The_guest_meets_every_malformed_frame_the_host_counts()
    {
        ulong[] met = new ulong[LcoreTelemetryLayout.DropSlots];
        using PacketMemory memory = new(PacketRegionLayout.Create());
        using TrafficSource source = TrafficSource.Parse("poisson:rate=100kpps", FrameSizes.Default, 0.1, 4);
        using EchoGuest guest = new(memory, packet =>
        {
            if (FrameTests.Verdict(packet.Span) is { } cause)
            {
                met[(int)cause]++;
            }
        });
        TrafficGenerator generator = new(memory, source, new TrafficOptions { Duration = TimeSpan.FromMilliseconds(200), DrainTimeout = s_long });
        generator.Start();
        Assert.True(generator.Wait(s_long));

        Assert.True(met.Max() > 0);
        for (int cause = 0; cause < met.Length; cause++)
        {
            Assert.Equal(generator.Malformed((DropCause)cause), met[cause]);
        }
    }

    [Fact]
    public void A_guest_that_takes_nothing_loses_all_but_a_ring_of_packets()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(6, 5, 128));
        using TrafficSource source = TrafficSource.Parse("constant:rate=100kpps", FrameSizes.Default, 0, 4);
        *(ulong*)memory.TelemetryAddress = (ulong)LcoreState.Polling;
        TrafficGenerator generator = new(
            memory, source, new TrafficOptions { Duration = TimeSpan.FromMilliseconds(100), DrainTimeout = TimeSpan.FromMilliseconds(20) });
        generator.Start();
        Assert.True(generator.Wait(s_long));

        TrafficSnapshot end = generator.Snapshot();
        Assert.Equal(64UL, end.Offered - end.RingFull);
        Assert.Equal(64, end.Backlog);
        Assert.Contains("not done within", generator.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_never_polls_is_sent_nothing()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using TrafficSource source = TrafficSource.Parse("bursty", FrameSizes.Default, 0, 4);
        TrafficGenerator generator = new(memory, source, new TrafficOptions { StartTimeout = TimeSpan.FromMilliseconds(30) });
        generator.Start();
        Assert.True(generator.Wait(s_long));

        Assert.Contains("did not poll its rx ring within", generator.Problem, StringComparison.Ordinal);
        Assert.Equal(0UL, generator.Snapshot().Offered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_can_be_ended_at_any_time(bool abort)
    {
        using PacketMemory memory = new(PacketRegionLayout.Create());
        using TrafficSource source = TrafficSource.Parse("constant:rate=100kpps", FrameSizes.Default, 0, 4);
        using EchoGuest guest = new(memory);
        TrafficGenerator generator = new(memory, source, new TrafficOptions { Duration = TimeSpan.FromHours(1), DrainTimeout = s_long });
        generator.Start();
        SpinWait.SpinUntil(() => generator.Snapshot().Forwarded > 100, s_long);
        if (abort)
        {
            generator.Abort();
        }
        else
        {
            generator.Stop();
        }

        Assert.True(generator.Wait(s_long));
        Assert.Null(generator.Problem);
        guest.Join();
        TrafficSnapshot end = generator.Snapshot();
        Assert.True(end.Forwarded > 100);
        Assert.True(abort || end.Forwarded == guest.Received - guest.TxFull);
    }

    [Fact]
    public void A_stop_before_the_guest_polls_ends_the_wait()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using TrafficSource source = TrafficSource.Parse("bursty", FrameSizes.Default, 0, 4);
        TrafficGenerator generator = new(memory, source, new TrafficOptions { StartTimeout = TimeSpan.FromHours(1) });
        generator.Start();
        generator.Stop();
        Assert.True(generator.Wait(s_long));
        Assert.Null(generator.Problem);
    }

    [Fact]
    public void A_hook_that_throws_ends_the_run_with_a_sentence_and_stops_the_guest()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create());
        using TrafficSource source = TrafficSource.Parse("bursty", FrameSizes.Default, 0, 4);
        using EchoGuest guest = new(memory);
        TrafficGenerator generator = new(memory, source, new TrafficOptions(), new ThrowingHook());
        generator.Start();
        Assert.True(generator.Wait(s_long));
        Assert.Contains("backend is broken", generator.Problem, StringComparison.Ordinal);
        guest.Join();
    }

    [Fact]
    public void A_cpu_that_does_not_exist_is_named()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using TrafficSource source = TrafficSource.Parse("bursty", FrameSizes.Default, 0, 4);
        TrafficGenerator generator = new(memory, source, new TrafficOptions { Cpu = 1023 });
        generator.Start();
        Assert.True(generator.Wait(s_long));
        Assert.Contains("CPU 1023", generator.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_priority_is_a_warning_and_the_run_goes_on()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create());
        using TrafficSource source = TrafficSource.Parse("constant:rate=50kpps", FrameSizes.Default, 0, 4);
        using EchoGuest guest = new(memory);
        TrafficOptions options = new()
        {
            Duration = TimeSpan.FromMilliseconds(20), DrainTimeout = s_long, Cpu = LibC.sched_getcpu(), Scheduling = SchedulingClass.Nice,
        };
        TrafficGenerator generator = new(memory, source, options);
        generator.Start();
        Assert.True(generator.Wait(s_long));
        Assert.Equal(ThreadPlacement.IsPermitted(SchedulingClass.Nice), generator.Warning is null);
        Assert.Null(generator.Problem);
        Assert.True(generator.Snapshot().Forwarded > 0);
    }

    [Fact]
    public void The_ring_benchmark_carries_packets_every_way()
    {
        TimeSpan shortly = TimeSpan.FromMilliseconds(5);
        Assert.True(RingBenchmark.SingleCore(shortly) > 0);
        Assert.True(RingBenchmark.SingleCoreEcho(shortly, 2048) > 0);
        Assert.Contains(Enumerable.Range(0, 200), _ => RingBenchmark.TwoThreads(shortly) > 0); // a busy machine may not run both threads in one
        Assert.Throws<PlacementException>(() => RingBenchmark.TwoThreads(shortly, 1023));
    }

    [Fact]
    public void Frames_longer_than_a_buffer_and_senseless_options_are_refused()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using TrafficSource small = TrafficSource.Parse("bursty", FrameSizes.Default, 0, 4);
        using TrafficSource large = TrafficSource.Parse("bursty", FrameSizes.Imix, 0, 4);
        Assert.Equal(2048, large.BufferSize);
        Assert.Equal(128, small.BufferSize);
        Assert.Contains("1514", Refused(large, new TrafficOptions()), StringComparison.Ordinal);
        Assert.Contains("line rate", Refused(small, new TrafficOptions { LineRatePps = 0 }), StringComparison.Ordinal);
        Assert.Contains("duration", Refused(small, new TrafficOptions { Duration = Timeout.InfiniteTimeSpan }), StringComparison.Ordinal);
        Assert.Contains("duration", Refused(small, new TrafficOptions { Duration = TimeSpan.MaxValue }), StringComparison.Ordinal);

        string Refused(TrafficSource source, TrafficOptions options) =>
            Assert.Throws<TrafficException>(() => new TrafficGenerator(memory, source, options)).Message;
    }

    [Fact]
    public void A_held_up_generator_moves_its_schedule_and_does_not_bunch()
    {
        const double Pps = 1e6;
        using PacketMemory memory = new(PacketRegionLayout.Create(10, 10, 128));
        using FramePool frames = new(FrameSizes.Default, 0, 1, 8);
        PacketSender sender = new(memory, TrafficProfile.Parse("constant:rate=1Mpps", 0), frames, new TrafficOptions(), null);
        ulong begin = TscClock.Now;
        sender.Begin();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(sender.Iterate());
            if (i % 100 == 50)
            {
                Thread.Sleep(2);
            }
        }

        TrafficSnapshot now = sender.Snapshot(TrafficPhase.Sending);
        Assert.True(now.ElapsedNs + now.StalledNs <= TscClock.ToNanoseconds(TscClock.Now - begin) + 1);
        Assert.InRange(now.Stalls, 10UL, 1000UL);
        Assert.True(now.StalledNs >= 20_000_000);
        Assert.True(now.Offered <= (now.ElapsedNs * Pps / 1e9) + 1);
    }

    [Fact]
    public void The_line_rate_bounds_what_is_sent()
    {
        const double Pps = 50e3;
        using PacketMemory memory = new(PacketRegionLayout.Create(10, 10, 2048));
        using FramePool frames = new(FrameSizes.Fixed(594), 0, 1, 8);
        TrafficOptions options = new() { LineRatePps = Pps, StallThreshold = TimeSpan.FromSeconds(1) };
        PacketSender sender = new(memory, TrafficProfile.Parse("constant:rate=14Mpps", 0), frames, options, null);
        sender.Begin();
        ulong started = TscClock.Now;
        while (TscClock.ToNanoseconds(TscClock.Now - started) < 50_000_000)
        {
            Assert.True(sender.Iterate());
            TrafficSnapshot now = sender.Snapshot(TrafficPhase.Sending);
            Assert.True(now.Offered * (590 + 24) / 84.0 <= (now.ElapsedNs * Pps / 1e9) + 32 + (614 / 84.0));
        }

        Assert.True(sender.Offered > 0);
    }

    [Fact]
    public void The_loop_allocates_nothing()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using FramePool frames = new(FrameSizes.Default, 0.1, 1, 64);
        ITrafficProfile profile = TrafficProfile.Parse("bursty:period=3ms,arrivals=poisson", 0);
        PacketSender sender = new(memory, profile, frames, new TrafficOptions(), null);
        using PacketRegion guest = PacketRegion.At((byte*)memory.Address, memory.Size);
        RxPacket[] packets = new RxPacket[32];
        sender.Begin();
        Iterate(); // what a type's first use allocates is not the loop's
        Allocated.Nothing(() => Iterate());
        Assert.True(sender.Offered > 0);

        void Iterate()
        {
            for (int i = 0; i < 20_000; i++)
            {
                sender.Iterate();
                guest.RxQueue.Release(guest.RxQueue.Burst(packets));
            }
        }
    }

    [Fact]
    public void A_run_survives_a_guest_that_scribbles_over_its_region()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(6, 6, 128));
        using TrafficSource source = TrafficSource.Parse("constant:rate=500kpps", FrameSizes.Default, 0.1, 4);
        TrafficGenerator generator = new(
            memory, source, new TrafficOptions { Duration = TimeSpan.FromMilliseconds(300), DrainTimeout = TimeSpan.FromMilliseconds(50) });
        *(ulong*)memory.TelemetryAddress = (ulong)LcoreState.Polling;
        generator.Start();
        Random random = new(8);
        byte* region = (byte*)memory.Address;
        while (generator.Phase != TrafficPhase.Ended)
        {
            for (int i = 0; i < 64; i++)
            {
                int offset = random.Next(memory.Size - 8);
                bool state = offset > memory.Layout.Telemetry - 8 && offset < memory.Layout.Telemetry + 8;
                *(long*)(region + (state ? memory.Layout.TxRing + MemifAbi.TailOffset : offset)) = random.NextInt64();
            }

            *(ushort*)(region + memory.Layout.TxRing + MemifAbi.TailOffset) += (ushort)random.Next(4);
            *(ushort*)(region + memory.Layout.RxRing + MemifAbi.TailOffset) += (ushort)random.Next(4);
            TrafficSnapshot now = generator.Snapshot();
            Assert.InRange(now.Backlog, 0, 64);
            Assert.True(now.Forwarded <= now.Offered && now.RingFull <= now.Offered);
        }

        Assert.True(generator.Wait(s_long));
        Assert.True(generator.Snapshot().Offered > 0);
    }

    private static ulong DueBefore(string text, ulong seed, TimeSpan duration)
    {
        ITrafficProfile profile = TrafficProfile.Parse(text, seed);
        ulong count = 0;
        while (profile.Next() < duration.TotalNanoseconds)
        {
            count++;
        }

        return count;
    }

    private sealed class ThrowingHook : ITrafficPollHook
    {
        public void Poll(ulong tsc) => throw new InvalidOperationException("The backend is broken.");
    }
}
