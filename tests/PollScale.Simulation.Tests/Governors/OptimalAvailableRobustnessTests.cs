using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

public class OptimalAvailableRobustnessTests(ITestOutputHelper output)
{
    // Of the synthetic core: 700 cycles and 60 ns at a middle frequency of 2 GHz.
    private const double KnownCycles = 820;

    public static TheoryData<string, bool> Rows => new()
    {
        { "500us", true },
        { "500us", false },
        { "30us", true },
        { "30us", false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Wrong_beliefs_and_lost_replies_lose_no_packets(string actuator, bool square)
    {
        double line = 0.7 * OptimalAvailableRuns.Line;
        RateTraffic traffic = square
            ? new SquareTraffic { High = 0.9 * line, Low = 0.1 * line, Line = line }
            : new MmppTraffic { High = 0.8 * line, Low = 0.08 * line, Line = line };
        PollLoopOptions calm = Options(null, 1);
        double watts = PollLoop.Run(calm, traffic, 1).Watts;
        (string Name, PollLoopOptions Options, bool SameWork)[] disturbed =
        [
            ("half the latency", Options(0.5, 1), true),
            ("twice the latency", Options(2, 1), true),
            ("1 % of replies lost", calm with { Channel = new LossyChannel(new DirectCall(), 0, 0.01) }, true),
            ("cost taken for 0.7 of what it is", Options(null, 0.7), true),
            ("cost taken for 1.3 of what it is", Options(null, 1.3), true),
            ("cost x 1.3 than stated", calm with { CostFactor = _ => 1.3 }, false),
            ("cost x 0.7 than stated", calm with { CostFactor = _ => 0.7 }, false),
            ("cost x 0.7 .. 1.3", calm with { CostFactor = time => 1 + (0.3 * Math.Sin(time / (50.0 * TestCores.Ms))) }, false),
        ];
        List<string> wrong = [];
        foreach ((string name, PollLoopOptions options, bool sameWork) in disturbed)
        {
            RunResult run = PollLoop.Run(options, traffic, 1);
            string row = FormattableString.Invariant($"{actuator} {traffic.Name[..4]} {name}: lost {run.Lost}, late {run.Delay.OverBound} of {run.Offered}, energy {run.Watts / watts:f3} of the undisturbed");
            output.WriteLine(row);
            if (run.Lost > 0 || run.Delay.OverBound > 1e-3 * run.Offered || (sameWork && run.Watts > 1.05 * watts))
            {
                wrong.Add(row);
            }
        }

        Assert.Empty(wrong);

        PollLoopOptions Options(double? latencyFactor, double costFactor) =>
            OptimalAvailableRuns.Options(actuator, 4096, 800 * TestCores.Ms, 1, TestCores.Ms, new OptimalAvailableOptions
            {
                CyclesPerPacket = costFactor * KnownCycles,
                ActuatorLatency = latencyFactor is double factor ? TimeSpan.FromMicroseconds(factor * ActuatorText.Parse(actuator).WorstLatency / TestCores.Us) : null,
            }) with { Warmup = 100 * TestCores.Ms };
    }
}
