using System.Globalization;
using PollScale.Hypercall;
using PollScale.Memif;
using PollScale.Native;
using PollScale.Notation;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Simulation.Incumbents;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Reads the command line. By hand, because a parsing library would double the guest's image.</summary>
internal static class OptionsParser
{
    private const int DefaultIterations = 10_000_000;
    private const int DefaultCalls = 10_000;
    private const int MaxCount = 1_000_000_000;
    private const long Nanosecond = 1_000, Microsecond = 1_000_000, Millisecond = 1_000_000_000;
    private const string DefaultRoute = "--default-route";

    /// <summary>Reads the arguments behind the program's name.</summary>
    /// <exception cref="UsageException">An argument is unknown, malformed or missing.</exception>
    public static Options Parse(ReadOnlySpan<string> args)
    {
        Options options = args.IsEmpty ? throw new UsageException("--region is missing: name the packet region, for instance --region /dev/memif0.") : new Options();
        int next = 0;
        if (!args[0].StartsWith('-'))
        {
            options = options with { Mode = Mode(args[next++]) };
            if (options.Mode is RunMode.BenchLoop or RunMode.BenchCalls)
            {
                int count = options.Mode == RunMode.BenchLoop ? DefaultIterations : DefaultCalls;
                bool given = next < args.Length && !args[next].StartsWith('-');
                options = options with { Count = given ? Integer(args[0], args[next++], 1, MaxCount) : count };
            }
            else if (options.Mode == RunMode.SetPStates)
            {
                options = options with { PStates = PStates(args[0], next < args.Length ? args[next++] : "") };
            }
        }

        while (next < args.Length)
        {
            string name = args[next++];
            if (name is "--help" or "-h" or "-?")
            {
                return new Options { Mode = RunMode.Help };
            }

            int equals = name.IndexOf('=', StringComparison.Ordinal);
            string value = "";
            if (equals >= 0)
            {
                value = name[(equals + 1)..];
                name = name[..equals];
            }
            else if (name == DefaultRoute)
            {
                value = next < args.Length && IsNumber(args[next]) ? args[next++] : "0";
            }
            else if (next < args.Length)
            {
                value = args[next++];
            }

            options = Apply(options, name, value);
        }

        Check(options);
        return options;
    }

    private static RunMode Mode(string name) => name switch
    {
        "boot" => RunMode.Boot,
        "bench-loop" => RunMode.BenchLoop,
        "bench-calls" => RunMode.BenchCalls,
        "selftest" => RunMode.SelfTest,
        "probe" => RunMode.Probe,
        "transports" => RunMode.Transports,
        "set-pstates" => RunMode.SetPStates,
        "help" => RunMode.Help,
        _ => throw new UsageException($"'{name}' is no command: use boot, bench-loop, bench-calls, selftest, probe, transports or set-pstates, or only options to forward packets."),
    };

    private static Options Apply(Options options, string name, string value) => name switch
    {
        "--region" => options with { Region = value.Length > 0 ? value : throw new UsageException("--region takes the path of a packet region.") },
        "--routes" => Routes(options, name, value),
        DefaultRoute => options with { DefaultRoute = Integer(name, value, 0, RouteFile.MaxNextHop) },
        "--seed" => options with { Seed = Seed(name, value) },
        "--work-ns" => options with { WorkNs = Time(name, value, Nanosecond, 0, 1_000_000) },
        "--governor" => Governor(options, value),
        "--doorbell" => options with { Doorbell = Doorbell(value) },
        "--call-fd" => options with { CallFd = Integer(name, value, 0, int.MaxValue) },
        "--status-fd" => options with { StatusFd = Integer(name, value, 0, int.MaxValue) },
        "--cpu" => options with { Cpu = Integer(name, value, 0, cpu_set_t.CPU_SETSIZE - 1) },
        "--burst" => options with { Burst = Integer(name, value, 1, RxQueue.MaxBurst) },
        "--flood" => options with { Flood = Integer(name, value, 1, MaxCount) },
        "--hold-ms" => options with { HoldMs = Time(name, value, Millisecond, 0, 60_000) },
        "--reply-ms" => options with { ReplyMs = Time(name, value, Millisecond, 1, 10_000) },
        "--decision-us" => options with { DecisionUs = Time(name, value, Microsecond, 1, 10_000) },
        _ => throw new UsageException($"'{name}' is no option."),
    };

    // A number is a count, anything else a file; ./1024 is a file too.
    private static Options Routes(Options options, string name, string value) =>
        value.Length == 0 ? throw new UsageException($"{name} takes a count of routes, or a file of them.")
        : IsNumber(value) ? options with { Routes = Integer(name, value, 1, RouteTable.MaxRoutes), RoutesFile = "" }
        : options with { RoutesFile = value };

    private static bool IsNumber(string value) => value.Length > 0 && value.All(char.IsAsciiDigit);

    private static Options Governor(Options options, string value) => ComparedGovernors.TryParse(value, out _, out string? error)
        ? options with { Governor = value }
        : throw new UsageException($"--governor: {error}");

    private static DoorbellChoice Doorbell(string value) => value switch
    {
        "auto" => DoorbellChoice.Auto,
        "hypercall" => DoorbellChoice.Hypercall,
        "port" => DoorbellChoice.Port,
        "mmio" => DoorbellChoice.Mmio,
        "cpufreq" => DoorbellChoice.Cpufreq,
        "guest-channel" => DoorbellChoice.GuestChannel,
        "loopback" => DoorbellChoice.Loopback,
        _ => throw new UsageException($"--doorbell takes auto, hypercall, port, mmio, guest-channel, cpufreq or loopback, not '{value}'."),
    };

    private static int Integer(string name, string value, int min, int max) =>
        NumberText.TryWhole(value, min, max, out int number)
            ? number
            : throw new UsageException($"{name} takes a whole number in {min}..{max}, not '{value}'.");

    // A number alone counts in the unit of the option's name.
    private static int Time(string name, string value, long unit, int min, int max) =>
        NumberText.TryWhole(value, min, max, out int number) ? number
        : TimeText.TryRead(value, min * unit, max * unit, out long time) && time % unit == 0 ? (int)(time / unit)
        : throw new UsageException($"{name} takes a whole number in {min}..{max}, or as much as a time with its unit, not '{value}'.");

    private static int[] PStates(string name, string value) =>
        [.. value.Split(',').Select(number => Integer($"{name} takes P-states with commas between them, such as 0,4,2: each", number, 0, HypercallAbi.MaxPStates - 1))];

    private static ulong Seed(string name, string value) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new UsageException($"{name} takes a whole number in 0..{ulong.MaxValue}, not '{value}'.");

    private static void Check(Options options)
    {
        if (options.Mode == RunMode.Forward && options.Region.Length == 0)
        {
            throw new UsageException("--region is missing: name the packet region, for instance --region /dev/memif0.");
        }

        if (options.Flood > 0 && options.Mode != RunMode.Probe)
        {
            throw new UsageException("--flood belongs to probe: queuescaler probe --flood N.");
        }

        if (options.HoldMs > 0 && options.Mode != RunMode.SetPStates)
        {
            throw new UsageException("--hold-ms belongs to set-pstates: queuescaler set-pstates 0,4,2 --hold-ms N.");
        }

        if (options.CallFd < 0 != options.StatusFd < 0)
        {
            throw new UsageException("--call-fd and --status-fd belong together: the host hands over both.");
        }

        if (options.CallFd >= 0 && options.Doorbell != DoorbellChoice.Auto)
        {
            throw new UsageException("--call-fd calls the host through a socket: leave --doorbell out.");
        }
    }
}
