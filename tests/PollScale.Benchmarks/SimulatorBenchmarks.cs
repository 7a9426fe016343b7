using BenchmarkDotNet.Attributes;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;

namespace PollScale.Benchmarks;

/// <summary>What a simulated packet costs; the goal is 20 million a second, 50 ns each, at high load.</summary>
public class SimulatorBenchmarks
{
    private const int Packets = 1_000_000;

    [Benchmark(OperationsPerInvoke = Packets, Description = "Simulated packet, 90 % load, fixed")]
    public long Fixed() => Run(0.9, context => FixedGovernor.Max(context.PStates));

    [Benchmark(OperationsPerInvoke = Packets, Description = "Simulated packet, 90 % load, drain time")]
    public long HighLoad() => Run(0.9, context => new DrainTimeGovernor(context));

    [Benchmark(OperationsPerInvoke = Packets, Description = "Simulated packet, 5 % load, drain time")]
    public long LowLoad() => Run(0.05, context => new DrainTimeGovernor(context));

    internal static long Run(double load, Func<GovernorContext, IGovernor> governor)
    {
        long interval = (long)(SimTime.Second / (CoreModel.Synthetic.ServiceRate(0) * load));
        PollLoopOptions options = new() { Actuator = new SlottedActuator(500 * SimTime.Microsecond), Governor = governor, Duration = Packets * interval };
        return PollLoop.Run(options, new SteadyArrivals(interval)).Forwarded;
    }
}
