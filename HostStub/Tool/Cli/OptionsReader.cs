using System.CommandLine;
using System.Globalization;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Report;
using PollScale.HostStub.Run;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.Forwarding;

namespace PollScale.HostStub.Cli;

/// <summary>Turns parsed options into <see cref="RunOptions"/>, or into a complaint.</summary>
internal sealed class OptionsReader(RunSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    private const int MaxCpu = cpu_set_t.CPU_SETSIZE - 1;
    private const int Log2Ring = 12;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1), s_shortestStep = TimeSpan.FromMicroseconds(100), s_longestStep = TimeSpan.FromSeconds(1);

    /// <summary>A demo runs on machines that do other things too: its ring lasts through their scheduler's slices of 4 ms.</summary>
    private const int Log2DemoRing = 14;

    /// <summary>Reads and checks every option.</summary>
    /// <param name="guest">Path of the guest.</param>
    /// <param name="demoTraffic">Traffic of a demo; null for run, which sends nothing unless told to.</param>
    /// <exception cref="UsageException">An option is not valid, or two contradict each other.</exception>
    public RunOptions Read(string guest, string? demoTraffic)
    {
        PStateModel model = ReadPStates();
        HostPolicy? ofFile = ReadHostPolicy();
        RunOptions options = new()
        {
            Guest = guest,
            GuestArguments = Parsed.GetValue(symbols.GuestArguments) ?? [],
            Environment = ReadEnvironment(),
            IsDemo = demoTraffic is not null,
            Traffic = Get(symbols.Traffic) ?? (Get(symbols.Pcap) is null ? demoTraffic : null),
            Pcap = Get(symbols.Pcap),
            PcapSpeed = Read(symbols.PcapSpeed, 1.0, ValueText.Speed),
            PcapOut = Get(symbols.PcapOut),
            Routes = ReadRoutes(),
            DefaultRoute = ReadDefaultRoute(),
            Duration = ReadTime(symbols.Duration, zero: false),
            Log2Ring = Read(symbols.Ring, demoTraffic is null ? Log2Ring : Log2DemoRing, ValueText.Ring),
            IsRingAsked = Get(symbols.Ring) is not null,
            FrameSizes = ReadFrameSizes(),
            Malformed = Read(symbols.Malformed, 0.0, ValueText.Share),
            Seed = Read(symbols.Seed, 1UL, (string text, out ulong seed) =>
                ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed) ? null : $"a whole number from 0 to {ulong.MaxValue}"),
            PStates = model,
            Frequency = ReadChoice(symbols.Frequency, FrequencyChoice.Simulated),
            CpufreqRoot = Get(symbols.CpufreqRoot),
            LeaseFolder = Get(symbols.LeaseFolder),
            HostPolicy = ofFile ?? ReadFlags(model),
            PolicyFile = ofFile?.Origin,
            As = Get(symbols.As) ?? OneGuest.Name,
            Audit = Get(symbols.Audit),
            AuditLimits = symbols.AuditLimits.Read(Parsed, Get(symbols.Audit) is not null),
            MemoryMiB = Read(symbols.Memory, 256, (string text, out int value) =>
                ValueText.Integer(text, 32, 2048, out value) && value % 2 == 0 ? null : "an even number of MiB from 32 to 2048"),
            Cpu = ReadCpu(ofFile),
            HousekeepingCpu = ReadInteger(symbols.HousekeepingCpu, 0, MaxCpu),
            Doorbell = ReadChoice(symbols.Doorbell, DoorbellChoice.Auto),
            Priority = ReadChoice(symbols.Priority, PriorityChoice.Auto),
            Timeout = ReadTime(symbols.Timeout, zero: false),
            Watchdog = ReadTime(symbols.Watchdog, zero: true) ?? TimeSpan.FromSeconds(2),
            NoVm = Parsed.GetValue(symbols.NoVm),
            Step = ReadStep(),
            ShowsSteps = Get(symbols.Series) is not null,
            ShowsChanges = Parsed.GetValue(symbols.Changes),
            Report = symbols.Report.Read(Parsed, guest, Get(symbols.Pcap), Get(symbols.Routes), Get(symbols.PStates), Get(symbols.Policy)),
            Json = Parsed.GetValue(symbols.Json),
        };
        CheckTogether(options);
        return options;
    }

    private void CheckTogether(RunOptions options)
    {
        if (Get(symbols.Traffic) is not null && options.Pcap is not null)
        {
            throw new UsageException("--traffic and --pcap exclude each other: give one.");
        }

        if (Get(symbols.PcapSpeed) is not null && options.Pcap is null)
        {
            throw new UsageException("--pcap-speed needs --pcap FILE.");
        }

        if (options.Malformed > 0 && options.Pcap is not null)
        {
            throw new UsageException("--malformed does not go with --pcap: a replay sends the capture as it is.");
        }

        if (options.PcapOut is not null && !options.HasTraffic)
        {
            throw new UsageException("--pcap-out needs packets: give --traffic or --pcap.");
        }

        if (options.PcapOut is string output && new[] { options.Pcap, options.Guest, Get(symbols.Routes) }.Any(path => path?.Length > 0 && IsSame(path, output)))
        {
            throw new UsageException("--pcap-out names a file that this run reads: name another.");
        }

        if (options.Cpu is int cpu && cpu == options.HousekeepingCpu)
        {
            throw new UsageException($"--cpu and --housekeeping-cpu are both {cpu}: the guest needs a CPU for itself.");
        }

        if (options.NoVm && options.Doorbell != DoorbellChoice.Auto)
        {
            throw new UsageException("--doorbell needs a VM: with --no-vm calls go through a socket. Leave one of the two out.");
        }

        CheckRecord(options);
        CheckFrequency(options);
        CheckTraffic(options);
    }

    private static void CheckRecord(RunOptions options)
    {
        if (options.ShowsSteps && !options.Json)
        {
            throw new UsageException("--series needs --json: a thousand lines a second are for a program.");
        }

        if ((options.ShowsSteps || options.ShowsChanges || options.Report is not null) && !options.HasTraffic)
        {
            throw new UsageException("--series, --changes and --report need packets: give --traffic or --pcap.");
        }

        if (options.Report is string report && options.PcapOut is string recording && IsSame(report, recording))
        {
            throw new UsageException("--report and --pcap-out name the same file: name another.");
        }
    }

    private TimeSpan ReadStep() => ReadTime(symbols.Series, zero: false) is not TimeSpan step ? s_step
        : step >= s_shortestStep && step <= s_longestStep ? step
        : throw Complain(symbols.Series, Get(symbols.Series)!, "a time from 100us to 1s");

    private static bool IsSame(string path, string other) => other.Length > 0 && Path.GetFullPath(path) == Path.GetFullPath(other);

    private ReadOnlyMemory<byte>? ReadRoutes()
    {
        if (Get(symbols.Routes) is not string path)
        {
            return null;
        }

        try
        {
            byte[] text = RouteFileBytes.Read(path);
            RouteFile.Parse(path, text);
            return text;
        }
        catch (RouteFileException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private int? ReadDefaultRoute() => Parsed.GetResult(symbols.DefaultRoute) is null ? null
        : ReadInteger(symbols.DefaultRoute, 0, RouteFile.MaxNextHop);

    private void CheckFrequency(RunOptions options)
    {
        if (options.Frequency == FrequencyChoice.Cpufreq && FrequencyParts.WhyNotReal(options) is string why)
        {
            throw new UsageException(why);
        }

        CheckCpufreqFolders(options.Frequency != FrequencyChoice.Simulated, symbols.CpufreqRoot, symbols.LeaseFolder);
    }

    private static void CheckTraffic(RunOptions options)
    {
        // A capture named by a profile is read when the run begins: it may be large.
        if (options.Traffic is not string text)
        {
            return;
        }

        try
        {
            _ = PcapSpec.Is(text) ? (object)PcapSpec.Parse(text) : TrafficProfile.Parse(text, options.Seed);
        }
        catch (TrafficException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private TimeSpan? ReadTime(Option<string?> option, bool zero) => Get(option) is not string text
        ? null
        : ValueText.Duration(text, zero, out TimeSpan value) is string expected ? throw Complain(option, text, expected) : value;

    private string[] ReadEnvironment()
    {
        string[] variables = Parsed.GetValue(symbols.Env) ?? [];
        foreach (string variable in variables)
        {
            if (ValueText.Variable(variable) is string expected)
            {
                throw Complain(symbols.Env, variable, expected);
            }
        }

        return variables.GroupBy(v => v.Split('=', 2)[0]).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new UsageException($"--env gives {SafeText.Line(twice.Key)} twice: leave one out.")
            : variables;
    }

    private FrameSizes ReadFrameSizes()
    {
        try
        {
            return FrameSizes.Parse(Get(symbols.FrameSize) ?? "64");
        }
        catch (TrafficException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private PStateModel ReadPStates()
    {
        if (Get(symbols.PStates) is not null && ReadChoice(symbols.Frequency, FrequencyChoice.Simulated) == FrequencyChoice.Cpufreq)
        {
            throw new UsageException("--pstates describes a simulated core; with --frequency cpufreq the kernel tells the P-states. Leave one of the two out.");
        }

        return ReadPStateFile(symbols.PStates) ?? PStateFile.Default();
    }

    private HostPolicy? ReadHostPolicy()
    {
        if (Get(symbols.Policy) is not string path)
        {
            return Get(symbols.As) is null && Get(symbols.Audit) is null ? null : throw new UsageException("--as and --audit need --policy FILE.");
        }

        foreach (Option<string?> option in (Option<string?>[])[symbols.Fastest, symbols.Slowest, symbols.Budget])
        {
            if (Get(option) is not null)
            {
                throw new UsageException($"{option.Name} and --policy exclude each other: the policy file says it.");
            }
        }

        if (Parsed.GetValue(symbols.Deny))
        {
            throw new UsageException("--deny and --policy exclude each other: write control: false in the policy file.");
        }

        if (Get(symbols.As) is not string name)
        {
            throw new UsageException("--policy needs --as NAME: which guest of the policy file this is.");
        }

        try
        {
            HostPolicy policy = PolicyReader.Load(path, PolicyTrust.For(ReadChoice(symbols.Frequency, FrequencyChoice.Simulated)));
            GuestPolicy guest = policy.Find(name)
                ?? throw new UsageException($"{SafeText.Line(path)} has no guest named {SafeText.Line(name)}. It has: {SafeText.Line(string.Join(", ", policy.Guests.Select(g => g.Name)))}.");
            return guest.Control || !Parsed.GetValue(symbols.AllowFrequencyControl) ? policy
                : throw new UsageException($"--allow-frequency-control contradicts the policy file, which does not give {SafeText.Line(name)} control. Set control: true there, or leave the option out.");
        }
        catch (PolicyException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    // The policy says where vCPU 0 is pinned; --cpu may repeat it, not contradict it.
    private int? ReadCpu(HostPolicy? policy)
    {
        int? cpu = ReadInteger(symbols.Cpu, 0, MaxCpu);
        int? pinned = policy?.Find(Get(symbols.As)!)?.Vcpus.FirstOrDefault(v => v.Vcpu == 0)?.Pcpu;
        return cpu is null || pinned is null || cpu == pinned
            ? cpu ?? pinned
            : throw new UsageException($"--cpu {cpu} contradicts the policy file, which pins vCPU 0 to pCPU {pinned}. Leave --cpu out.");
    }

    // What the flags say of the guest is a policy too.
    private HostPolicy ReadFlags(PStateModel model)
    {
        // A real table is known only when the run begins, and checked then.
        int pStates = ReadChoice(symbols.Frequency, FrequencyChoice.Simulated) == FrequencyChoice.Simulated ? model.PStates.Count : HypercallAbi.MaxPStates;
        int? fastest = ReadInteger(symbols.Fastest, 0, pStates - 1), slowest = ReadInteger(symbols.Slowest, 0, pStates - 1);
        if (fastest > slowest)
        {
            throw new UsageException($"Fastest P-state {fastest} is slower than slowest P-state {slowest}: 0 is the fastest, so fastest must not exceed slowest.");
        }

        bool denies = Parsed.GetValue(symbols.Deny), allowsReal = Parsed.GetValue(symbols.AllowFrequencyControl);
        if (denies && allowsReal)
        {
            throw new UsageException("--deny and --allow-frequency-control contradict each other: leave one of the two out.");
        }

        GuestPolicy guest = OneGuest.Guest with { Control = !denies, Fastest = Index(fastest), Slowest = Index(slowest) };
        if (Get(symbols.Budget) is string text)
        {
            string? expected = ValueText.Budget(text, out int rate, out int burst);
            guest = expected is null ? guest with { CallsPerSecond = rate, Burst = burst } : throw Complain(symbols.Budget, text, expected);
        }

        return OneGuest.Policy(guest, allowsReal);
    }

    private static PStateChoice Index(int? index) => index is int known ? new PStateChoice(PStateChoiceKind.Index, (uint)known, default) : default;
}
