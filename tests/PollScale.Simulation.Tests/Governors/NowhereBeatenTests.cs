using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>
/// Optimal-available takes no more than 1.01 times the energy of the best other governor that loses nothing and keeps the bound, chosen in hindsight: some of what
/// <c>hoststub simulate</c> tells of more workloads and seeds in its column E/best.
/// </summary>
public class NowhereBeatenTests
{
    private const double Most = 1.01;
    private const string
        Incast = "microburst:rate=100%,base=10%,burst=350us,burst-sigma=0,gap=4650us,gap-sigma=0,line=100%,spacing=poisson",
        Batches = "microburst:rate=64Mpps,base=0,burst=1us,burst-sigma=0,gap=31us,gap-sigma=0.3,line=64Mpps",
        Tdd = "square:low=0,high=100%,period=500us,duty=0.4,line=100%";

    private static readonly CoreModel
        s_two = CoreModel.Synthetic with { KHz = [3_000_000, 1_000_000], Watts = [5.5, 1.5815] },
        s_three = CoreModel.Synthetic with { KHz = [3_000_000, 2_000_000, 1_000_000], Watts = [5.5, 4.8, 1.6] };

    [Theory]
    [InlineData(Incast)]
    [InlineData(Batches)]
    [InlineData(Tdd)]
    public void On_bursts_that_come_at_once(string traffic) => Beats(CoreModel.Synthetic, traffic, "500us", 4096);

    [Theory]
    [InlineData("cbr-50", "500us")]
    [InlineData("diurnal", "500us")]
    [InlineData("mmpp2", "30us")]
    [InlineData("on-off", "30us")]
    [InlineData(Batches, "30us")]
    public void With_two_p_states_far_apart(string traffic, string actuator) => Beats(s_two, traffic, actuator, 4096);

    [Theory]
    [InlineData("poisson-70", "500us")]
    [InlineData("square", "30us")]
    [InlineData("cbr-50", "30us")]
    public void With_a_p_state_above_the_hull(string traffic, string actuator) =>
        Assert.Equal(0, Beats(s_three, traffic, actuator, 4096).Run.Residency[1]);

    /// <summary>
    /// Where a call takes a good part of the bound: what piles up meanwhile makes no other request safe, but what was asked for is safe to hold. Else the fastest is asked for again
    /// and again, at 2.6 times the energy.
    /// </summary>
    [Theory]
    [InlineData("cbr-50", 4096)]
    [InlineData("poisson-70", 512)]
    [InlineData("imix", 512)]
    public void Where_calls_take_long(string traffic, int ring) => Beats(CoreModel.Synthetic, traffic, "20us", ring, bound: 205 * TestCores.Us, call: 42 * TestCores.Us);

    /// <summary>Where loss cannot be ruled out, no floor is held for a line that brings no burst.</summary>
    [Theory]
    [InlineData("poisson-30")]
    [InlineData("sparse")]
    [InlineData("line-on-off:rate=100%,on=18.85us,off=44us,line=100%")]
    public void On_a_ring_too_small_for_the_line(string traffic) => Beats(CoreModel.Synthetic, traffic, "500us", 1024, warmup: 800 * TestCores.Ms);

    /// <summary>Before traffic has shown to be tame, and where it is not, the floor is: a line that brings all at once loses nothing.</summary>
    [Theory]
    [InlineData("adversary", 256)]
    [InlineData("adversary", 512)]
    [InlineData("adversary", 1024)]
    [InlineData("mmpp2", 512)]
    public void A_ring_too_small_for_the_line_loses_nothing_to_bursts_never_seen(string traffic, int ring) => Beats(CoreModel.Synthetic, traffic, "500us", ring, warmup: 0, length: 400 * TestCores.Ms, seeds: 6);

    /// <summary>Nor where the bound is too short for a request, and costs, unknown at first, hold one P-state.</summary>
    [Fact]
    public void With_a_bound_as_short_as_the_latency() => Beats(CoreModel.Synthetic, "cbr-50", "500us/20us", 1024, bound: TestCores.Ms / 2);

    /// <summary>The same where nobody states the line.</summary>
    [Fact]
    public void With_costs_and_line_unknown() => Beats(CoreModel.Synthetic, "cbr-50", "1ms-grid+380us", 4096, bound: 4 * TestCores.Ms, line: false);

    /// <summary>Speed neither starts too low nor ends at full in bursts of a kind that came before: with what waits alone this takes 1.07 times the oracle's energy.</summary>
    [Fact]
    public void Bursts_that_come_again_are_met_with_the_speed_that_they_need() => Assert.InRange(
        Beats(CoreModel.Synthetic, "square:low=2%,high=90%,period=2500us,duty=0.5,line=100%", "500us-grid+20us..50us", 4096, warmup: 400 * TestCores.Ms, bound: 2 * TestCores.Ms).EnergyRatio, 0.99, 1.04);

    private static StudyRow Beats(CoreModel core, string traffic, string actuator, int ring, long warmup = 200 * TestCores.Ms, long bound = TestCores.Ms, long length = 200 * TestCores.Ms, bool line = true, int seeds = 1, long call = TestCores.Us)
    {
        IReadOnlyList<StudyRow> all = Study.Run(new StudyOptions
        {
            Governors =
            [
                new StudyGovernor("ours", (context, workload) => new OptimalAvailableGovernor(context, new OptimalAvailableOptions
                {
                    DelayBound = TimeSpan.FromMicroseconds(bound / TestCores.Us), PeakPacketsPerSecond = line ? workload.Model.PeakRate : 0, Watts = core.Watts,
                })),
                .. ((string[])["arrival-envelope", "drain-time", "speed-scaling", "threshold", "schedutil", "min"]).Select(name => new StudyGovernor(name, (context, _) => ComparedGovernors.Parse(name)(context))),
            ],
            Workloads = [Workloads.Read(traffic, core.ServiceRate(0))],
            Seeds = [.. Enumerable.Range(1, seeds).Select(seed => (ulong)seed)],
            Core = core,
            Actuator = ActuatorText.Parse(actuator),
            Channel = new DirectCall(call),
            RingSize = ring,
            DelayBound = bound,
            Warmup = warmup,
            Duration = warmup + length,
        });
        StudyRow[] ours = [.. all.Where(row => row.Governor == "ours")];
        Assert.All(ours, row => Assert.True(row.Valid && row.OverBest <= Most, FormattableString.Invariant($"seed {row.Seed}, valid: {row.Valid}; {row.OverBest:F3} times the energy of {row.Best.Governor}")));
        return ours[0];
    }
}
