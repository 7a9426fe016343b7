using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What a user is told that half the chosen delay bound would cost, and twice would save, is what simulated traffic of many kinds comes to.</summary>
public class DelayKneeTruthTests
{
    // Of energy; the model is within 5 % for each bound.
    private const double Off = 0.05;
    private static readonly string[] s_traffic = ["poisson-70", "mmpp2", "on-off", "self-similar", "diurnal"];

    [Theory]
    [InlineData("20us", 42)]
    [InlineData("20us", 10)]
    [InlineData("100us", 1)]
    [InlineData("500us", 5)]
    public void Half_of_it_costs_and_twice_saves_what_is_told(string actuator, int callUs)
    {
        DelayKnee knee = default;
        double chosen = Watts(actuator, callUs, null, made => knee = made.Knee!.Value);
        double half = Watts(actuator, callUs, knee.Bound / 2), twice = Watts(actuator, callUs, knee.Bound * 2);
        string seen = FormattableString.Invariant($"{knee.Text} Half cost {(half / chosen) - 1:P1}, twice saved {1 - (twice / chosen):P1}.");
        TestContext.Current.TestOutputHelper?.WriteLine(seen);
        Assert.True(Math.Abs((half / chosen) - 1 - knee.HalfCosts) < Off && Math.Abs(1 - (twice / chosen) - knee.TwiceSaves) < Off, seen);
    }

    private static double Watts(string actuator, int callUs, TimeSpan? bound, Action<OptimalAvailableGovernor>? made = null)
    {
        CoreModel core = CoreModel.Synthetic;
        IReadOnlyList<StudyRow> rows = Study.Run(new StudyOptions
        {
            Governors =
            [
                new StudyGovernor("ours", (context, workload) =>
                {
                    OptimalAvailableGovernor governor = new(context, new OptimalAvailableOptions { DelayBound = bound, PeakPacketsPerSecond = workload.Model.PeakRate, Watts = core.Watts });
                    made?.Invoke(governor);
                    return governor;
                }),
            ],
            Workloads = [.. s_traffic.Select(name => Workloads.Read(name, core.ServiceRate(0)))],
            Seeds = [1],
            Core = core,
            Actuator = ActuatorText.Parse(actuator),
            Channel = new DirectCall(callUs * TestCores.Us),
            Warmup = 100 * TestCores.Ms,
            Duration = 1100 * TestCores.Ms,
        });
        return rows.Where(row => row.Governor == "ours").Average(row => row.Run.Watts);
    }
}
