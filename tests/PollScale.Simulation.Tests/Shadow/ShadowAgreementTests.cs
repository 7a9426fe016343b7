using PollScale.Governors;
using PollScale.Shadow;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Shadow;

/// <summary>What the shadow of a full-speed application says, beside the simulator's word on the same arrivals.</summary>
public class ShadowAgreementTests
{
    private const long Duration = 2 * SimTime.Second;
    private const int Ring = 4096;

    // What waits for memory does not scale, which nobody can see at one frequency: the shadow has it that all does.
    private static readonly CoreModel s_core = CoreModel.Synthetic with { CyclesPerPacket = 880, MemoryNsPerPacket = 0, CyclesPerPoll = 120, MemoryNsPerPoll = 0 };

    [Theory]
    [InlineData("poisson-30", "optimal-available")]
    [InlineData("poisson-70", "optimal-available")]
    [InlineData("mmpp2", "optimal-available")]
    [InlineData("on-off", "optimal-available")]
    [InlineData("square", "optimal-available")]
    [InlineData("self-similar", "optimal-available")]
    [InlineData("adversary", "optimal-available")]
    [InlineData("sparse", "optimal-available")]
    [InlineData("mmpp2", "drain-time")]
    [InlineData("square", "drain-time")]
    [InlineData("on-off", "arrival-envelope")]
    [InlineData("step", "max")]
    [InlineData("poisson-30", "index:10")]
    public void It_saves_what_the_simulator_saves(string workload, string governor)
    {
        (ShadowReport shadow, RunResult simulated, _) = Both(workload, governor, new FullSpeedLoop(s_core, Ring));
        double fastest = s_core.Watts[0] * SimTime.ToSeconds(Duration);

        Assert.InRange(shadow.SavedShare, 1 - (simulated.Joules / fastest) - 0.03, 1 - (simulated.Joules / fastest) + 0.03);
        Assert.Equal(0UL, shadow.Lost);
        Assert.Equal(0, simulated.Lost);
        Assert.InRange(shadow.LongestDelay.TotalMicroseconds, (simulated.Delay.Max / 1.5) - 40, (simulated.Delay.Max * 1.5) + 40);
        Assert.InRange(shadow.MedianDelay.TotalMicroseconds, 0, (simulated.Delay.P50 * 2) + 20);
        Assert.InRange((double)shadow.Arrived, simulated.Offered - (2 * Ring), simulated.Offered);
    }

    [Theory]
    [InlineData("index:20", "poisson-70")]
    [InlineData("index:15", "square")]
    public void It_loses_what_the_simulator_loses(string governor, string workload)
    {
        (ShadowReport shadow, RunResult simulated, long lost) = Both(workload, governor, new FullSpeedLoop(s_core, Ring));

        Assert.Equal(0, lost);
        Assert.True(simulated.Lost > 1000, $"{simulated.Lost} lost");
        Assert.InRange((double)shadow.Lost, simulated.Lost * 0.98, simulated.Lost * 1.02);
        Assert.InRange(shadow.LongestDelay.TotalMicroseconds, simulated.Delay.Max * 0.95, simulated.Delay.Max * 1.05);
    }

    [Fact]
    public void A_NIC_that_tells_no_backlog_changes_little()
    {
        (ShadowReport seeing, _, _) = Both("mmpp2", "optimal-available", new FullSpeedLoop(s_core, Ring));
        (ShadowReport blind, _, _) = Both("mmpp2", "optimal-available", new FullSpeedLoop(s_core, Ring) { IsBlind = true });

        Assert.InRange(blind.SavedShare, seeing.SavedShare - 0.01, seeing.SavedShare + 0.01);
        Assert.Equal(0UL, blind.Lost);
    }

    [Fact]
    public void Time_over_which_the_clock_leapt_counts_for_nothing()
    {
        FullSpeedLoop suspended = new(s_core, Ring) { Stop = (SimTime.Second, 100 * SimTime.Second) };
        (ShadowReport shadow, _, _) = Both("poisson-30", "optimal-available", suspended, 102 * SimTime.Second);

        Assert.InRange(shadow.Elapsed.TotalSeconds, 1.9, 2.1);
    }

    [Fact]
    public void Calls_that_take_long_serve_nothing_meanwhile()
    {
        FullSpeedLoop slow = new(s_core, Ring) { Options = new ShadowOptions { CallTime = TimeSpan.FromMicroseconds(200) } };
        (ShadowReport shadow, _, _) = Both("poisson-70", "drain-time", slow);

        Assert.True(shadow.LongestDelay > TimeSpan.FromMicroseconds(180), $"{shadow.LongestDelay.TotalMicroseconds} us");
    }

    private static (ShadowReport Shadow, RunResult Simulated, long Lost) Both(string traffic, string governor, FullSpeedLoop loop, long duration = Duration)
    {
        Workload workload = Workloads.Read(traffic, s_core.ServiceRate(0));
        double peak = workload.Model.PeakRate;
        IGovernor Make(GovernorContext context) => GovernorCatalog.Parse(governor)(context);
        (ShadowReport shadow, long lost) = loop.Run(workload.Model.Start(1, duration), Make, peak, duration);
        PollLoopOptions options = new()
        {
            Core = s_core,
            Actuator = new DelayActuator(20 * TestCores.Us),
            Channel = new DirectCall(TestCores.Us),
            Governor = context => Make(context with { PeakPacketsPerSecond = peak }),
            RingSize = Ring,
            Duration = Math.Min(duration, Duration),
            DecisionCost = 0,
            ObserveCost = 0,
        };
        return (shadow, PollLoop.Run(options, workload.Model, 1), lost);
    }
}
