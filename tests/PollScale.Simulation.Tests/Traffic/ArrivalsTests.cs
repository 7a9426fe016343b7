using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>What holds for every model.</summary>
public class ArrivalsTests
{
    private const long Duration = 30 * SimTime.Millisecond;

    private static readonly string[] s_random = ["poisson", "mmpp", "on-off", "self-similar", "step", "square", "ramp", "diurnal", "microburst", "imix", "sparse:rate=1%", "poisson+constant"];

    public static TheoryData<string> Models => Sequences.Models;

    public static TheoryData<string> RandomModels => [.. s_random];

    [Theory]
    [MemberData(nameof(Models))]
    public void Times_never_fall_and_stay_below_the_end(string text)
    {
        long[] times = Sequences.Run(TrafficModels.Parse(text), 7, Duration);
        Assert.NotEmpty(times);
        Assert.InRange(times[0], 0, Duration - 1);
        Assert.True(times[^1] < Duration);
        for (int i = 1; i < times.Length; i++)
        {
            Assert.True(times[i] >= times[i - 1]);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_size_of_buffers_does_not_matter(string text)
    {
        ITrafficModel model = TrafficModels.Parse(text);
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<ulong>(), (int sizes, ulong seed) =>
        {
            System.Random random = new(sizes);
            long[] expected = Sequences.Run(model, seed, 3 * SimTime.Millisecond);
            return expected.AsSpan().SequenceEqual(Sequences.Run(model, seed, 3 * SimTime.Millisecond, () => 1 + random.Next(40)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_shorter_run_is_the_beginning_of_a_longer_one(string text)
    {
        ITrafficModel model = TrafficModels.Parse(text);
        long[] half = Sequences.Run(model, 5, Duration / 2);
        Assert.Equal(half, Sequences.Run(model, 5, Duration).TakeWhile(t => t < Duration / 2));
    }

    [Theory]
    [MemberData(nameof(RandomModels))]
    public void Other_seeds_give_other_traffic(string text)
    {
        ITrafficModel model = TrafficModels.Parse(text);
        Assert.NotEqual(Sequences.Run(model, 1, Duration), Sequences.Run(model, 2, Duration));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void No_traffic_comes_in_no_time(string text) => Assert.Empty(Sequences.Run(TrafficModels.Parse(text), 1, 0));

    [Theory]
    [MemberData(nameof(Models))]
    public void A_negative_duration_is_refused(string text) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrafficModels.Parse(text).Start(1, -1));

    [Theory]
    [MemberData(nameof(Models))]
    public void Fill_allocates_nothing(string text)
    {
        IArrivals arrivals = TrafficModels.Parse(text).Start(3, SimTime.Second);
        long[] buffer = new long[1000];
        arrivals.Fill(buffer);
        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                arrivals.Fill(buffer);
            }
        });
    }

    [Fact]
    public void A_constant_rate_is_exact()
    {
        long[] times = Sequences.Run(TrafficModels.Parse("constant:rate=2Mpps"), 1, SimTime.Millisecond);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => i * 500 * SimTime.Nanosecond), times);
    }

    [Fact]
    public void A_step_and_a_ramp_change_the_rate_where_they_say()
    {
        ITrafficModel step = TrafficModels.Parse("step:low=100kpps,high=1Mpps,at=10ms,spacing=even");
        double[] stepped = Sequences.Counts(step, 1, 10 * SimTime.Millisecond, 3);
        Assert.Equal([1000.0, 10_000, 10_000], stepped.Select(c => Math.Round(c / 10) * 10));

        ITrafficModel ramp = TrafficModels.Parse("ramp:from=0pps,to=1Mpps,time=20ms,spacing=even");
        double[] ramped = Sequences.Counts(ramp, 1, 10 * SimTime.Millisecond, 3);
        Assert.Equal([2500.0, 7500, 10_000], ramped.Select(c => Math.Round(c / 10) * 10));
    }

    [Fact]
    public void An_adversary_sweeps_its_quiet_times()
    {
        ITrafficModel adversary = TrafficModels.Parse("adversary:rate=1Mpps,on=100us,quiet=1ms,longest=4ms,steps=3");
        long[] times = Sequences.Run(adversary, 1, 7_300 * SimTime.Microsecond);
        Assert.Equal(300, times.Length);
        Assert.Equal([1000, 3100, 7200], new[] { times[0], times[100], times[200] }.Select(t => t / SimTime.Microsecond));
    }
}
