using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;

namespace PollScale.Simulation.Tests.Running;

/// <summary>Cores and options with round figures.</summary>
internal static class TestCores
{
    public const long Ns = SimTime.Nanosecond;
    public const long Us = SimTime.Microsecond;
    public const long Ms = SimTime.Millisecond;

    /// <summary>At 2 GHz an empty poll takes 100 ns and a packet 300 ns more; at 1 GHz twice as long. 4 W and 1 W.</summary>
    public static CoreModel Round { get; } = new()
    {
        KHz = [2_000_000, 1_000_000],
        Watts = [4, 1],
        CyclesPerPoll = 200,
        MemoryNsPerPoll = 0,
        CyclesPerPacket = 600,
        MemoryNsPerPacket = 0,
    };

    public static PollLoopOptions Options(CoreModel core, long duration, Func<GovernorContext, IGovernor>? governor = null) => new()
    {
        Core = core,
        Actuator = new DelayActuator(10 * Us),
        Governor = governor ?? (context => FixedGovernor.At(context.PStates, 0)),
        Duration = duration,
        DecisionCost = 0,
        ObserveCost = 0,
    };

    /// <summary>All that a result says, to the bit.</summary>
    public static string Text(RunResult result) =>
        $"{result} {BitConverter.DoubleToInt64Bits(result.Joules)} {BitConverter.DoubleToInt64Bits(result.Delay.Mean)} {string.Join(' ', result.Residency)}";

    /// <summary>A governor that is a function of the sample, and sleeps by another.</summary>
    public sealed class Sleeper(Func<QueueSample, ScalingDecision> decide, Func<QueueSample, LcoreSleep> sleep) : ISleepingGovernor
    {
        public LcoreSleep Sleep { get; private set; }

        public ScalingDecision Decide(in QueueSample sample)
        {
            Sleep = sleep(sample);
            return decide(sample);
        }
    }

    /// <summary>A governor that is a function of the sample.</summary>
    public sealed class Rule(Func<QueueSample, ScalingDecision> decide) : IGovernor
    {
        public ScalingDecision Decide(in QueueSample sample) => decide(sample);
    }
}
