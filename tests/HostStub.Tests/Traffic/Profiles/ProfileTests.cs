using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Traffic.Profiles;

public class ProfileTests
{
    private const long Second = 1_000_000_000;

    public static TheoryData<string> All =>
    [
        "constant:rate=1Mpps", "poisson:rate=800kpps", "step:low=0.2Mpps,high=2.5Mpps,at=5s,for=5s",
        "step:low=0pps,high=1kpps,at=1ms", "ramp:from=0pps,to=2Mpps,over=4s", "ramp:from=2Mpps,to=0.1Mpps,over=4s,arrivals=poisson",
        "onoff:low=10kpps,high=2Mpps,on=20ms,off=80ms", "onoff:high=2Mpps,on=2ms,off=8ms,sigma=0.8", "bursty", "bursty:period=300ms,arrivals=poisson",
        "ramp:to=2Mpps,time=2m,spacing=even", "on-off:sources=1,low=10kpps,rate=2Mpps,on=500us,off=2ms", "microburst", "self-similar", "imix:load=30%", "square:period=5ms", "mmpp2", "cbr-50", "adversary",
        "schedule", "constant:rate=14.88Mpps", "sparse+constant:rate=10kpps+microburst", "Poisson:Rate=30%",
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Times_never_go_back_and_a_seed_repeats_them(string text)
    {
        ITrafficProfile first = TrafficProfile.Parse(text, 42);
        ITrafficProfile second = TrafficProfile.Parse(text, 42);
        long last = 0;
        for (int i = 0; i < 500_000; i++)
        {
            long time = first.Next();
            Assert.True(time >= last);
            Assert.Equal(time, second.Next());
            last = time;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_sent_is_what_is_simulated(string text)
    {
        Workload simulated = Assert.Single(Simulate.Read("--traffic", text).Workloads);
        IArrivals arrivals = simulated.Model.Start(5, 10 * SimTime.Second);
        ITrafficProfile sent = TrafficProfile.Parse(text, 5);
        long[] times = new long[20_000];
        int count = arrivals.Fill(times);

        Assert.InRange(count, 1000, times.Length);
        Assert.All(times.AsSpan(0, count).ToArray(), time => Assert.Equal(time / SimTime.Nanosecond, sent.Next()));
    }

    [Fact]
    public void Every_model_and_every_workload_can_be_sent() => Assert.All(
        TrafficModels.All.Select(model => model.Name).Concat(Workloads.Standard.Select(workload => workload.Name)),
        name => Assert.NotEqual(ITrafficProfile.End, TrafficProfile.Parse(name, 1).Next()));

    [Theory]
    [InlineData("ramp:from=0pps,to=2Mpps,over=4s", "ramp:from=0pps,to=2Mpps,time=4s")]
    [InlineData("poisson:rate=1Mpps,arrivals=paced", "poisson:rate=1Mpps,spacing=even")]
    [InlineData("onoff:high=2Mpps,on=2ms,off=8ms", "on-off:sources=1,rate=2Mpps,on=2ms,off=8ms,on-sigma=0,off-sigma=0,spacing=even")]
    [InlineData("onoff:low=1kpps,high=2Mpps,on=2ms,off=8ms,sigma=0.5,arrivals=poisson", "on-off:sources=1,low=1kpps,rate=2Mpps,on=2ms,off=8ms,on-sigma=0.5,off-sigma=0.5")]
    public void Former_spellings_mean_what_the_present_ones_do(string former, string present)
    {
        ITrafficProfile first = TrafficProfile.Parse(former, 3), second = TrafficProfile.Parse(present, 3);
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(second.Next(), first.Next()));
    }

    [Fact]
    public void Nothing_is_allocated_while_times_are_made()
    {
        ITrafficProfile[] profiles = [.. All.Select(row => TrafficProfile.Parse(row.Data, 1))];
        long last = Run(100);
        Allocated.Nothing(() => last += Run(5000));
        Assert.NotEqual(0, last);

        long Run(int count)
        {
            long sum = 0;
            foreach (ITrafficProfile profile in profiles)
            {
                for (int i = 0; i < count; i++)
                {
                    sum += profile.Next();
                }
            }

            return sum;
        }
    }

    [Theory]
    [InlineData("poisson:rate=1Mpps")]
    [InlineData("onoff:high=2Mpps,on=2ms,off=8ms,sigma=0.8")]
    [InlineData("bursty")]
    public void Another_seed_gives_other_times(string text)
    {
        ITrafficProfile first = TrafficProfile.Parse(text, 1);
        ITrafficProfile second = TrafficProfile.Parse(text, 2);
        Assert.Contains(Enumerable.Range(0, 200_000), _ => first.Next() != second.Next());
    }

    [Theory]
    [InlineData("constant:rate=1Mpps", 0, 4, 4_000_000, 0.000001)]
    [InlineData("constant:rate=14.88Mpps", 0, 1, 14_880_000, 0.000001)]
    [InlineData("poisson:rate=800kpps", 0, 10, 8_000_000, 0.002)]
    [InlineData("step:low=0.2Mpps,high=2.5Mpps,at=2s,for=1s,spacing=even", 0, 2, 400_000, 0.00001)]
    [InlineData("step:low=0.2Mpps,high=2.5Mpps,at=2s,for=1s,spacing=even", 2, 3, 2_500_000, 0.00001)]
    [InlineData("step:low=0.2Mpps,high=2.5Mpps,at=2s,for=1s,spacing=even", 3, 5, 400_000, 0.00001)]
    [InlineData("step:low=0.2Mpps,high=2Mpps,at=1s,arrivals=paced", 1, 3, 4_000_000, 0.00001)]
    [InlineData("ramp:from=0pps,to=2Mpps,over=4s,arrivals=paced", 0, 2, 1_000_000, 0.00001)]
    [InlineData("ramp:from=0pps,to=2Mpps,over=4s,arrivals=paced", 2, 4, 3_000_000, 0.00001)]
    [InlineData("ramp:from=0pps,to=2Mpps,over=4s,spacing=even", 4, 5, 2_000_000, 0.00001)]
    [InlineData("ramp:from=2Mpps,to=0pps,over=4s,spacing=even", 0, 9, 4_000_000, 0.00001)]
    [InlineData("ramp:from=0.1Mpps,to=2.5Mpps,over=2s,arrivals=poisson", 0, 2, 2_600_000, 0.003)]
    [InlineData("onoff:low=0.1Mpps,high=2Mpps,on=20ms,off=80ms", 0, 10, 4_800_000, 0.0001)]
    [InlineData("onoff:high=2Mpps,on=2ms,off=8ms,sigma=0.5", 0, 10, 4_000_000, 0.08)]
    [InlineData("bursty", 5, 10, 10_000_000, 0.001)]
    [InlineData("bursty", 0, 5, 1_400_000, 0.25)]
    [InlineData("bursty", 10, 15, 1_400_000, 0.25)]
    public void Between_two_seconds_the_packets_are_the_rates_integral(string text, int from, int to, long expected, double tolerance)
    {
        ITrafficProfile profile = TrafficProfile.Parse(text, 7);
        long count = 0;
        for (long time = profile.Next(); time < to * Second; time = profile.Next())
        {
            count += time >= from * Second ? 1 : 0;
        }

        Assert.InRange(count, Math.Floor(expected * (1 - tolerance)) - 1, Math.Ceiling(expected * (1 + tolerance)) + 1);
    }

    [Fact]
    public void A_paced_sender_is_never_more_than_one_packet_from_its_rate()
    {
        Prop.ForAll<byte, ushort>((mega, kilo) =>
        {
            double pps = (mega * 1e5) + kilo + 1;
            ITrafficProfile profile = TrafficProfile.Parse(FormattableString.Invariant($"constant:rate={pps}pps"), 0);
            return Enumerable.Range(1, 2000).All(n => Math.Abs(profile.Next() - ((n - 1) / pps * 1e9)) <= 1.001);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Poisson_gaps_have_the_spread_of_an_exponential()
    {
        ITrafficProfile profile = TrafficProfile.Parse("poisson:rate=1kpps", 11);
        long last = 0;
        double sum = 0;
        double squares = 0;
        const int Count = 200_000;
        for (int i = 0; i < Count; i++)
        {
            long time = profile.Next();
            double gap = (time - last) / 1e6;
            sum += gap;
            squares += gap * gap;
            last = time;
        }

        double mean = sum / Count;
        Assert.InRange(mean, 0.99, 1.01);
        Assert.InRange((squares / Count) - (mean * mean), 0.97, 1.03);
    }

    [Fact]
    public void A_silent_end_ends_the_profile()
    {
        ITrafficProfile profile = TrafficProfile.Parse("ramp:from=1kpps,to=0pps,over=1s,arrivals=paced", 0);
        int count = 0;
        while (profile.Next() != ITrafficProfile.End)
        {
            count++;
        }

        Assert.InRange(count, 499, 501);
        Assert.Equal(ITrafficProfile.End, profile.Next());
    }

    [Theory]
    [InlineData("", "'' is no model: use constant")]
    [InlineData("sawtooth:rate=1Mpps", "'sawtooth' is no model")]
    [InlineData("constant:rate=fast", "constant: rate takes 0.001pps .. 1000Mpps")]
    [InlineData("constant:rate=1", "not '1'")]
    [InlineData("constant:rate=-1Mpps", "not '-1Mpps'")]
    [InlineData("constant:rate=NaNpps", "not 'NaNpps'")]
    [InlineData("constant:rate=1e99Mpps", "not '1e99Mpps'")]
    [InlineData("constant:rate=0pps", "not '0pps'")]
    [InlineData("constant:rate=1Mpps,rate=2Mpps", "given twice")]
    [InlineData("constant:rate=1Mpps,speed=2", "has no option 'speed'")]
    [InlineData("constant:rate", "'rate' is no option=value")]
    [InlineData("constant:rate=3Mpps,line=2Mpps", "do not fit a line of 2Mpps")]
    [InlineData("step:low=0pps,high=1Mpps,at=0s", "at takes 1us .. 86400s, not '0s'")]
    [InlineData("step:low=0pps,high=1Mpps,at=5", "not '5'")]
    [InlineData("ramp:from=0pps,to=0pps,over=1s", "every rate is 0")]
    [InlineData("onoff:high=1Mpps,on=1ms,off=1ms,sigma=9", "sigma takes 0 .. 3, not '9'")]
    [InlineData("poisson:rate=1Mpps,arrivals=late", "spacing takes even | poisson, not 'late'")]
    [InlineData("sparse+", "'' is no model")]
    public void A_bad_description_is_answered_with_the_bad_part_and_the_valid_forms(string text, string expected)
    {
        TrafficFormatException fault = Assert.Throws<TrafficFormatException>(
            () => TrafficSource.Parse(text, PollScale.HostStub.Traffic.Frames.FrameSizes.Default, 0, 0));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("constant:rate=1Mpps", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pcap:speed=2", "needs file=")]
    [InlineData("pcap:file=", "file takes the path of a capture")]
    [InlineData("pcap:file=a,speed=0", "speed takes 0.001 .. 1000000, or max, not '0'")]
    public void A_bad_capture_is_named(string text, string expected)
    {
        Assert.Contains(expected, Assert.Throws<TrafficFormatException>(() => TrafficSource.Parse(text, PollScale.HostStub.Traffic.Frames.FrameSizes.Default, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => Simulate.Read("--traffic", text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_a_profile_or_a_format_error()
    {
        string[] pieces = ["constant", "bursty", "onoff", ":", ",", "=", "rate", "low", "high", "on", "1Mpps", "5s", "0.5ms", "e", "∞", "-", "\0", " "];
        Random random = new(2);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                TrafficProfile.Parse(text, 0).Next();
            }
            catch (TrafficFormatException)
            {
            }
        }
    }
}
