using System.CommandLine;

namespace PollScale.HostStub.Cli;

/// <summary>The options that run and demo share. All take text: <see cref="OptionsReader"/> checks it and says what would be right.</summary>
internal sealed class RunSymbols
{
    private const string DefaultRouteName = "--default-route";

    public Argument<string[]> GuestArguments { get; } = new("guest-args")
    {
        Description = "Arguments for the guest, after --.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string?> Traffic { get; } = Text("--traffic", "TRAFFIC", "Traffic to send: a workload, a model, or pcap:file=FILE; see below.");

    public Option<string?> Pcap { get; } = Text("--pcap", "FILE", "Replay a pcap or pcapng capture instead.");

    public Option<string?> PcapSpeed { get; } = Text("--pcap-speed", "X", "Speed of the replay: a factor, or max, which keeps the ring full and loses nothing [1].");

    public Option<string?> PcapOut { get; } = Text("--pcap-out", "FILE", "Record what was forwarded in a pcap file; an existing file is replaced at the end.");

    public Option<string?> Routes { get; } = Text("--routes", "FILE", "Routes for the guest, a line each: PREFIX/LENGTH NEXT-HOP, or default NEXT-HOP [the sample's own in 10.0.0.0/8].");

    public Option<string?> DefaultRoute { get; } = Text(DefaultRouteName, "NEXT-HOP", "Forward whatever has no other route, to this next hop, 0 to 255 [none; 0 when given without a number].");

    public Option<string?> Duration { get; } = Text("--duration", "TIME", "How long to send, e.g. 500ms, 15s, 2m [15s; a replay: to its end].");

    public Option<string?> Ring { get; } = Text("--ring", "N", "Descriptors of the rx and the tx ring, a power of two, 32 to 16384 [4096; demo: 16384].");

    public Option<string?> FrameSize { get; } = Text("--frame-size", "BYTES", "Frame size with FCS, 64 to 9618, or imix [64].");

    public Option<string?> Malformed { get; } = Text("--malformed", "SHARE", "Share of malformed frames, e.g. 0.01 or 1% [0].");

    public Option<string?> Seed { get; } = Text("--seed", "N", "Seed of the traffic: the same seed sends the same packets [1].");

    public Option<string?> Frequency { get; } = Text("--frequency", "BACKEND", "What sets the frequency: simulated, cpufreq (this machine's clock) or auto (cpufreq where it is granted and works) [simulated].");

    public Option<bool> AllowFrequencyControl { get; } = new("--allow-frequency-control") { Description = "Let the guest change this machine's real clock; with --policy the file says so (control: true)." };

    public Option<string?> CpufreqRoot { get; } = Text("--cpufreq-root", "DIR", "Folder that holds cpufreq, such as a container's mount of the host's [/sys/devices/system/cpu].");

    public Option<string?> LeaseFolder { get; } = Text("--lease-dir", "DIR", "Folder for the note of what to restore [/run/pollscale, or $XDG_RUNTIME_DIR/pollscale].");

    public Option<string?> PStates { get; } = Text("--pstates", "FILE", "P-states and power model, JSON [a synthetic server core].");

    public Option<string?> Fastest { get; } = Text("--fastest", "INDEX", "Fastest P-state the guest may have; 0 is the table's fastest [0].");

    public Option<string?> Slowest { get; } = Text("--slowest", "INDEX", "Slowest P-state the guest may have [the table's last].");

    public Option<string?> Budget { get; } = Text("--budget", "RATE[/BURST]", "Frequency calls a second, and at once [20000/200].");

    public Option<bool> Deny { get; } = new("--deny") { Description = "Refuse every call that would change the frequency." };

    public Option<string?> Policy { get; } = Text("--policy", "FILE", "Policy file, YAML, that says what the guest may do; read again on SIGHUP.");

    public Option<string?> As { get; } = Text("--as", "NAME", "The guest's name in the policy file.");

    public Option<string?> Audit { get; } = Text("--audit", "FILE", "Append every decision to this file, JSON, one object a line.");

    public AuditSymbols AuditLimits { get; } = new();

    public Option<string?> Memory { get; } = Text("--memory", "MIB", "Guest memory in MiB, even, 32 to 2048 [256].");

    public Option<string[]> Env { get; } = new("--env") { HelpName = "NAME=VALUE", Description = "Environment variable for the guest; may be given several times." };

    public Option<string?> Cpu { get; } = Text("--cpu", "N", "CPU for the guest alone [the last one allowed].");

    public Option<string?> HousekeepingCpu { get; } = Text("--housekeeping-cpu", "N", "CPU for traffic and reports [the first other one].");

    public Option<string?> Doorbell { get; } = Text("--doorbell", "KIND", "How calls leave the guest: auto, hypercall, port or mmio [auto].");

    public Option<string?> Priority { get; } = Text("--priority", "CLASS", "Polling threads: auto, normal, nice (-20) or realtime (SCHED_FIFO) [auto].");

    public Option<string?> Timeout { get; } = Text("--timeout", "TIME", "Limit of the whole run [none].");

    public Option<string?> Watchdog { get; } = Text("--watchdog", "TIME", "Longest time without a poll; 0 for no watchdog [2s].");

    public Option<bool> NoVm { get; } = new("--no-vm") { Description = "Run the guest as a plain process: no isolation, needs no /dev/kvm." };

    public Option<string?> Series { get; } = Text("--series", "TIME", "Tell of each step of this length, 100us to 1s: packets, backlog, oldest packet, frequency, time asleep; with --json.");

    public Option<bool> Changes { get; } = new("--changes") { Description = "Tell of each change of the P-state: when, why, and how soon after the guest decided it." };

    public ReportSymbols Report { get; } = new();

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON, one object a line; the last is the summary." };

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Traffic, Pcap, PcapSpeed, PcapOut, Routes, DefaultRoute, Duration, Ring, FrameSize, Malformed, Seed, Frequency, AllowFrequencyControl,
            CpufreqRoot, LeaseFolder, PStates, Fastest, Slowest, Budget,
            Deny, Policy, As, Audit, Memory, Env, Cpu, HousekeepingCpu, Doorbell, Priority, Timeout, Watchdog, NoVm, Series, Changes, Json])
        {
            command.Options.Add(option);
        }

        AuditLimits.AddTo(command);
        Report.AddTo(command);
        command.Arguments.Add(GuestArguments);
    }

    /// <summary>Gives --default-route the number that it may leave out, so that what follows it is not taken for one.</summary>
    public static IReadOnlyList<string> CompleteDefaultRoute(IReadOnlyList<string> arguments)
    {
        List<string> complete = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--")
            {
                complete.AddRange(arguments.Skip(i)); // the guest's
                break;
            }

            bool isOption = arguments[i] == DefaultRouteName;
            bool hasNumber = isOption && i + 1 < arguments.Count && arguments[i + 1].Length > 0 && arguments[i + 1].All(char.IsAsciiDigit);
            complete.Add(isOption ? $"{DefaultRouteName}={(hasNumber ? arguments[++i] : "0")}" : arguments[i]);
        }

        return complete;
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
