using BenchmarkDotNet.Attributes;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic;

namespace PollScale.Benchmarks;

/// <summary>
/// What a simulated packet costs; the goal is 20 million a CPU second, 50 ns each. At low load a packet also pays for decisions: there
/// are as many a simulated second as at high load, and fewer packets to share them.
/// </summary>
public class SimulatorBenchmarks
{
    private const int Packets = 500_000;

    /// <summary>Load, as a share of what the fastest P-state serves.</summary>
    [Params(0.01, 0.1, 0.5, 0.9)]
    public double Load { get; set; }

    /// <summary>Traffic: even or random spacing.</summary>
    [Params("constant", "poisson")]
    public string Traffic { get; set; } = "constant";

    [Benchmark(OperationsPerInvoke = Packets, Description = "Packet, fixed")]
    public long Fixed() => Run(context => FixedGovernor.Max(context.PStates));

    [Benchmark(OperationsPerInvoke = Packets, Description = "Packet, drain time")]
    public long DrainTime() => Run(context => new DrainTimeGovernor(context));

    [Benchmark(OperationsPerInvoke = Packets, Description = "Packet, optimal available")]
    public long OptimalAvailable() => Run(context => new OptimalAvailableGovernor(context));

    [Benchmark(OperationsPerInvoke = Packets, Description = "Packet, oracle")]
    public long Oracle() => CpuTime.Measure(Case(nameof(Oracle), Traffic, Load), Packets, () => ClairvoyantOracle.Solve(
        new OracleBounds { Deadline = SimTime.Millisecond, RingSize = 4096, BurstSize = CoreModel.Synthetic.BurstSize, End = Duration },
        PowerHull.Of(CoreModel.Synthetic),
        Arrivals()).Packets);

    internal static string Case(string benchmark, string traffic, double load) => FormattableString.Invariant($"{benchmark} {traffic} {load}");

    private double Rate => CoreModel.Synthetic.ServiceRate(0) * Load;

    private long Duration => (long)(Packets * SimTime.Second / Rate);

    private long Run(Func<GovernorContext, IGovernor> governor, [System.Runtime.CompilerServices.CallerMemberName] string benchmark = "")
    {
        PollLoopOptions options = new() { Actuator = new SlottedActuator(500 * SimTime.Microsecond), Governor = governor, RingSize = 4096, Duration = Duration };
        return CpuTime.Measure(Case(benchmark, Traffic, Load), Packets, () => PollLoop.Run(options, Arrivals()).Forwarded);
    }

    private IArrivals Arrivals() =>
        TrafficModels.Parse(FormattableString.Invariant($"{Traffic}:rate={Rate:0}pps"), CoreModel.Synthetic.ServiceRate(0)).Start(1, Duration);
}
