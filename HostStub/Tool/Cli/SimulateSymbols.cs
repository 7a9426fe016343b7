using System.CommandLine;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Cli;

/// <summary>The options of simulate. All take text: <see cref="SimulateReader"/> checks it and says what would be right.</summary>
internal sealed class SimulateSymbols
{
    public Option<string[]> Governors { get; } = Texts("--governor", "GOVERNOR", "Governor with options, name:option=value,..; repeatable. Plain names also as a list a,b,c [all that need no option].");

    public Option<string[]> Traffic { get; } = Texts("--traffic", "TRAFFIC", "Workload, or model:parameter=value,..; repeatable. Plain names also as a list a,b,c [all workloads].");

    public Option<string?> Pcap { get; } = Text("--pcap", "FILE", "Arrivals by the timestamps of a pcap or pcapng capture instead.");

    public Option<string?> PcapSpeed { get; } = Text("--pcap-speed", "X", "How much faster the capture's packets come than they were recorded, 0.001 to 1000000 [1].");

    public Option<string?> PStates { get; } = Text("--pstates", "FILE", "P-states and power model, JSON [a synthetic server core].");

    public Option<string?> CyclesPerPacket { get; } = Text("--cycles-per-packet", "N", "Cycles a packet takes, 1 to 1000000 [700].");

    public Option<string?> MemoryNs { get; } = Text("--memory-ns", "TIME", "Time a packet takes at any frequency, 0 to 1ms, a number alone in ns [60].");

    public Option<string?> Costs { get; } = Text("--costs", "COSTS", "How what packets cost varies, kind:parameter=value,.., several joined by +: see below [not at all].");

    public Option<string?> IdlePower { get; } = Text("--idle-power", "WATTS", "Power of an lcore that sleeps between polls, at any P-state and depth of sleep, in place of the idle states of --pstates [those; else 57 % of the slowest P-state's: 0.9 of 1.58 W].");

    public Option<string?> Ring { get; } = Text("--ring", "N", "Descriptors of the rx ring, a power of two, 32 to 16384 [4096].");

    public Option<string?> DelayBound { get; } = Text("--delay-bound", "TIME", "Longest time a packet may wait, 50us to 100ms, or auto: where a shorter one begins to cost much energy [auto].");

    public Option<string?> Actuator { get; } = Text("--actuator", "ACTUATOR", $"When a request takes effect: {ActuatorText.Forms} [500us, a grid; with --pstates its latency].");

    public Option<string?> Channel { get; } = Text("--channel", "CHANNEL", "How requests leave: direct[:TIME] or virtio-serial[:turn=TIME,write=TIME,refusal=TIME,sysfs=TIME,capacity=N,repeats=on] [direct].");

    public Option<string?> LineRate { get; } = Text("--line-rate", "RATE", "Highest arrival rate, e.g. 3Mpps, for governors and certificate [each workload's].");

    public Option<string?> Seeds { get; } = Text("--seeds", "N", "Runs of each governor on each workload, 1 to 1000 [5].");

    public Option<string?> FirstSeed { get; } = Text("--first-seed", "N", "Seed of the first of them, 1 to 1000000 [1].");

    public Option<string?> Duration { get; } = Text("--duration", "TIME", "Length of a run, 1ms to 1 hour [3s; a capture: all of it].");

    public Option<string?> Warmup { get; } = Text("--warmup", "TIME", "Time of it that does not count [1s; a capture: a tenth, at most 1s; before either, 5s in all for l3fwd-power, which takes 4s to slow down].");

    public Option<string?> DecisionPeriod { get; } = Text("--decision-period", "TIME", "Time between decisions, 1us to 100ms [20us].");

    public Option<string?> Jobs { get; } = Text("--jobs", "N", "Runs at once, 1 to 1024 [one a CPU].");

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON, one object a line; the last is the summary." };

    public Option<bool> Frontier { get; } = new("--frontier") { Description = $"Show power against p99 delay: {FrontierCurve.Governor} over its delay bounds, 50us to 8 times the one that auto takes, and the other governors beside it." };

    public Option<bool> Tune { get; } = new("--tune") { Description = $"Search the options of one governor for this traffic: {string.Join(" or ", TunedGovernor.All.Select(known => known.Name))}." };

    public Option<string?> TuneRuns { get; } = Text("--tune-runs", "N", "Settings that --tune tries, 2 to 10000 [60].");

    public ReportSymbols Report { get; } = new();

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Governors, Traffic, Pcap, PcapSpeed, PStates, CyclesPerPacket, MemoryNs, Costs, IdlePower, Ring, DelayBound, Actuator, Channel, LineRate, Seeds, FirstSeed, Duration,
            Warmup, DecisionPeriod, Jobs, Json, Frontier, Tune, TuneRuns])
        {
            command.Options.Add(option);
        }

        Report.AddTo(command);
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<string[]> Texts(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
