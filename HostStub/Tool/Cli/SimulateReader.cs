using System.CommandLine;
using PollScale.Governors;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Simulation;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Notation;
using PollScale.Programs;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Cli;

/// <summary>Turns parsed options into <see cref="SimulateOptions"/>, or into a complaint.</summary>
internal sealed class SimulateReader(SimulateSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    private const string DefaultActuator = "500us";
    private const int Log2Ring = 12;
    private const int MaxSeeds = 1000, MaxJobs = 1024, MaxTuneRuns = 10_000, MaxFirstSeed = 1_000_000;

    /// <summary>Reads and checks every option.</summary>
    /// <exception cref="UsageException">An option is not valid, or two contradict each other.</exception>
    public SimulateOptions Read()
    {
        PStateModel? pStates = ReadPStateFile(symbols.PStates);
        double cycles = ReadCycles();
        double memory = Read(symbols.MemoryNs, CoreModel.Synthetic.MemoryNsPerPacket, ValueText.Nanoseconds);
        if (CoreModels.Make(pStates, cycles, memory, ReadIdlePower(), out CoreModel? core) is string complaint)
        {
            throw new UsageException(complaint);
        }

        PcapSpec? pcap = ReadCapture();
        bool tune = Parsed.GetValue(symbols.Tune);
        SimulateOptions options = new()
        {
            Governors = ReadGovernors(tune),
            Workloads = pcap is null ? ReadTraffic(core!.ServiceRate(0)) : [],
            Pcap = pcap?.File,
            PcapSpeed = pcap?.Speed ?? 1,
            Core = core!,
            Costs = ReadCosts(),
            PStates = pStates?.Name ?? "synthetic-server-core",
            Actuator = ReadActuator(pStates),
            Channel = ReadChannel(),
            RingSize = 1 << Read(symbols.Ring, Log2Ring, ValueText.Ring),
            DelayBound = ReadDelayBound(),
            LineRate = ReadLineRate(),
            Seeds = ReadInteger(symbols.Seeds, 1, MaxSeeds) ?? 5,
            FirstSeed = ReadInteger(symbols.FirstSeed, 1, MaxFirstSeed) ?? 1,
            Duration = ReadTime(symbols.Duration, SimTime.Millisecond, SimulationPlan.LongestRun, "1ms to 3600s"),
            Warmup = ReadTime(symbols.Warmup, 0, SimulationPlan.LongestRun, "0 to 3600s"),
            DecisionPeriod = ReadTime(symbols.DecisionPeriod, SimTime.Microsecond, 100 * SimTime.Millisecond, "1us to 100ms") ?? (20 * SimTime.Microsecond),
            Jobs = ReadInteger(symbols.Jobs, 1, MaxJobs) ?? 0,
            Json = Parsed.GetValue(symbols.Json),
            Frontier = Parsed.GetValue(symbols.Frontier),
            Tune = tune,
            TuneRuns = ReadInteger(symbols.TuneRuns, 2, MaxTuneRuns) ?? 60,
            Report = symbols.Report.Read(Parsed, pcap?.File, Get(symbols.PStates)),
        };
        CheckTogether(options);
        options = options.DelayBound > 0 ? options : SimulationPlan.WithChosenBound(options);
        return options.Frontier ? FrontierCurve.Expand(options) : options;
    }

    // 0 is to be chosen.
    private long ReadDelayBound() =>
        Get(symbols.DelayBound) is null or "auto" ? 0 : ReadTime(symbols.DelayBound, OptimalAvailableOptions.ShortestBoundUs * SimTime.Microsecond, OptimalAvailableOptions.LongestBoundUs * SimTime.Microsecond, "auto, or 50us to 100ms") ?? 0;

    private void CheckTogether(SimulateOptions options)
    {
        if (Get(symbols.Pcap) is not null && Parsed.GetValue(symbols.Traffic) is { Length: > 0 })
        {
            throw new UsageException("--traffic and --pcap exclude each other: give one.");
        }

        if (options.Pcap is not null && !File.Exists(options.Pcap))
        {
            string at = SafeText.Line(options.Pcap);
            throw new UsageException(Directory.Exists(options.Pcap) ? $"{at} is a folder, not a capture. Check --pcap." : $"There is no capture at {at}. Check --pcap.");
        }

        if (options.Frontier && (options.Tune || Get(symbols.DelayBound) is not null || options.Governors.Any(text => FrontierCurve.IsCurve(text) && FrontierCurve.Bound(text) is not null)))
        {
            throw new UsageException("--frontier tries delay bounds of its own: leave out --delay-bound, delay-bound of a governor, and --tune.");
        }

        if (!options.Tune && Get(symbols.TuneRuns) is not null)
        {
            throw new UsageException("--tune-runs needs --tune.");
        }

        if (options.Tune && options.Report is not null)
        {
            throw new UsageException($"{PageFile.Option} shows a comparison: leave out --tune.");
        }

        if (options.Tune && options.Pcap is null && options.Seeds < 2)
        {
            throw new UsageException("--tune needs 2 seeds or more: some to search with, others to test with. Raise --seeds.");
        }

        // A capture's length is known when it is read.
        long duration = options.Duration ?? (3 * SimTime.Second), warmup = options.Warmup ?? SimTime.Second;
        if (options.Pcap is null && warmup >= duration)
        {
            throw new UsageException($"--warmup ({TimeText.Format(warmup)}) must be shorter than --duration ({TimeText.Format(duration)}), of which it is a part.");
        }
    }

    private IReadOnlyList<string> ReadGovernors(bool tune)
    {
        IReadOnlyList<string> texts = GovernorTexts.Split(Parsed.GetValue(symbols.Governors) ?? []);
        texts = texts.Count > 0 ? texts : tune ? [SimulateOptions.DefaultGovernors[0]] : SimulateOptions.DefaultGovernors;
        foreach (string text in texts)
        {
            if (!ComparedGovernors.TryParse(text, out _, out string? error))
            {
                bool list = SpecText.Split(text).Name.Contains(',', StringComparison.Ordinal);
                throw new UsageException($"--governor: {SafeText.Line(error)}{(list ? " A list takes plain names; give a governor with options a --governor of its own." : "")}");
            }
        }

        bool tunable = texts.Count == 1 && TunedGovernor.Of(texts[0]) is TunedGovernor governor && governor.Open(texts[0]).Count > 0;
        return !tune || tunable ? texts : throw new UsageException(
            $"--tune takes one --governor with options left open: {string.Join(" or ", TunedGovernor.All.Select(known => known.Name))}, not '{SafeText.Line(string.Join(", ", texts))}'.");
    }

    private List<Workload> ReadTraffic(double serviceRate)
    {
        IReadOnlyList<string> texts = GovernorTexts.Split(Parsed.GetValue(symbols.Traffic) ?? []);
        try
        {
            return texts.Count == 0 ? [.. Workloads.For(serviceRate)] : [.. texts.Select(text => Workloads.Read(text, serviceRate))];
        }
        catch (TrafficModelException e)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }

    // --pcap FILE, or the same as traffic: pcap:file=FILE,speed=2.
    private PcapSpec? ReadCapture()
    {
        IReadOnlyList<string> texts = GovernorTexts.Split(Parsed.GetValue(symbols.Traffic) ?? []);
        if (Get(symbols.Pcap) is not null || !texts.Any(PcapSpec.Is))
        {
            return Get(symbols.Pcap) is string file ? new PcapSpec { File = file, Speed = ReadSpeed() ?? 1 }
                : ReadSpeed() is null ? null
                : throw new UsageException("--pcap-speed needs --pcap.");
        }

        if (ReadSpeed() is not null)
        {
            throw new UsageException("--pcap-speed goes with --pcap; in --traffic the capture has speed=.");
        }

        try
        {
            PcapSpec spec = PcapSpec.Parse(texts.First(PcapSpec.Is));
            return texts.Count > 1 ? throw new UsageException("A capture is simulated by itself: give it as the only --traffic.")
                : spec with { Speed = Finite(spec.Speed) };
        }
        catch (TrafficFormatException e)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }

    private double? ReadSpeed() => Get(symbols.PcapSpeed) is null ? null : Finite(Read(symbols.PcapSpeed, 1.0, ValueText.Speed));

    private static double Finite(double speed) => double.IsFinite(speed)
        ? speed
        : throw new UsageException("speed=max sends as fast as there is room, which is no time to simulate: give a factor.");

    private IActuator ReadActuator(PStateModel? pStates)
    {
        if (Get(symbols.Actuator) is null && pStates is not null)
        {
            return new DelayActuator(pStates.TransitionLatencyNs * SimTime.Nanosecond);
        }

        return ActuatorText.TryParse(Get(symbols.Actuator) ?? DefaultActuator, out IActuator? actuator, out string? complaint)
            ? actuator
            : throw new UsageException($"--actuator: {SafeText.Line(complaint)}");
    }

    private IChannel ReadChannel()
    {
        string text = Get(symbols.Channel) ?? "direct";
        return ChannelText.Read(text, out IChannel? channel) is string expected ? throw Complain(symbols.Channel, text, expected) : channel!;
    }

    private double? ReadLineRate()
    {
        if (Get(symbols.LineRate) is not string text)
        {
            return null;
        }

        return ValueText.PacketRate(text, out double rate) is string expected ? throw Complain(symbols.LineRate, text, expected) : rate;
    }

    private double ReadCycles() => Get(symbols.CyclesPerPacket) is not string text ? CoreModel.Synthetic.CyclesPerPacket
        : ValueText.Number(text, 1, 1e6, out double value) ? value
        : throw Complain(symbols.CyclesPerPacket, text, "a number from 1 to 1000000");

    private PacketCosts? ReadCosts()
    {
        try
        {
            return Get(symbols.Costs) is string text ? PacketCosts.Parse(text) : null;
        }
        catch (FormatException e)
        {
            throw new UsageException($"--costs: {SafeText.Line(e.Message)}", e);
        }
    }

    private double? ReadIdlePower() => Get(symbols.IdlePower) is not string text ? null
        : ValueText.Number(text, 0, 1000, out double watts) ? watts
        : throw Complain(symbols.IdlePower, text, "a number of watts, 0 to 1000");

    private long? ReadTime(Option<string?> option, long least, long most, string range) => Get(option) is not string text
        ? null
        : TimeText.TryRead(text, least, most, out long time) ? time : throw Complain(option, text, $"a time with its unit ({TimeText.Units}), {range}");
}
