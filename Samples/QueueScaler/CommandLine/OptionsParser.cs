using System.Globalization;
using PollScale.Hypercall;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Simulation.Incumbents;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Reads the command line. By hand, because a parsing library would double the guest's image.</summary>
internal static class OptionsParser
{
    private const string DefaultRoute = "--default-route", WorkSlows = "--work-slows", On = "on", Off = "off";

    /// <summary>Reads the arguments behind the program's name.</summary>
    /// <exception cref="UsageException">An argument is unknown, malformed or missing.</exception>
    public static Options Parse(ReadOnlySpan<string> args)
    {
        Options options = new();
        if (!args.IsEmpty && !args[0].StartsWith('-'))
        {
            string name = args[0];
            options = options with { Mode = Mode(name) };
            args = args[1..];
            if (options.Mode == RunMode.SetPStates)
            {
                options = options with { PStates = PStates(name, args.IsEmpty ? "" : args[0]) };
                args = args[1..];
            }
        }

        OptionReader reader = new(args);
        while (reader.TryName(out string name))
        {
            if (name is "--help" or "-h" or "-?")
            {
                return new Options { Mode = RunMode.Help };
            }

            options = Apply(options, name, name switch
            {
                DefaultRoute => reader.Value(OptionValue.IsNumber, "0"),
                WorkSlows => reader.Value(value => value is On or Off, On),
                _ => reader.Value(),
            });
        }

        Check(options);
        return options;
    }

    private static RunMode Mode(string name) => name switch
    {
        "boot" => RunMode.Boot,
        "transports" => RunMode.Transports,
        "set-pstates" => RunMode.SetPStates,
        "help" => RunMode.Help,
        _ => throw new UsageException($"'{name}' is no command: use boot, transports or set-pstates, or only options to forward packets."),
    };

    private static Options Apply(Options options, string name, string value) => name switch
    {
        "--region" => options with { Region = value.Length > 0 ? value : throw new UsageException("--region takes the path of a packet region.") },
        "--memif" => options with { Memif = MemifSpec.TryParse(value, out MemifSpec peer) is { } error ? throw new UsageException(error) : peer },
        "--routes" => Routes(options, name, value),
        DefaultRoute => options with { DefaultRoute = OptionValue.Integer(name, value, 0, RouteFile.MaxNextHop) },
        "--seed" => options with { Seed = Seed(name, value) },
        "--work-ns" => options with { WorkNs = OptionValue.Time(name, value, OptionValue.Nanosecond, 0, 1_000_000) },
        WorkSlows => options with { WorkSlows = value is On or Off ? value == On : throw new UsageException($"{name} takes {On} or {Off}, not '{value}'.") },
        "--governor" => Governor(options, value),
        "--burst" => options with { Burst = OptionValue.Integer(name, value, 1, RxQueue.MaxBurst) },
        "--hold-ms" => options with { HoldMs = OptionValue.Time(name, value, OptionValue.Millisecond, 0, 60_000) },
        "--decision-us" => options with { DecisionUs = OptionValue.Time(name, value, OptionValue.Microsecond, 1, 10_000) },
        _ => options with { Host = options.Host.With(name, value) },
    };

    // A number is a count, anything else a file; ./1024 is a file too.
    private static Options Routes(Options options, string name, string value) =>
        value.Length == 0 ? throw new UsageException($"{name} takes a count of routes, or a file of them.")
        : OptionValue.IsNumber(value) ? options with { Routes = OptionValue.Integer(name, value, 1, RouteTable.MaxRoutes), RoutesFile = "" }
        : options with { RoutesFile = value };

    private static Options Governor(Options options, string value) => ComparedGovernors.TryParse(value, out _, out string? error)
        ? options with { Governor = value }
        : throw new UsageException($"--governor: {error}");

    private static int[] PStates(string name, string value) =>
        [.. value.Split(',').Select(number => OptionValue.Integer($"{name} takes P-states with commas between them, such as 0,4,2: each", number, 0, HypercallAbi.MaxPStates - 1))];

    private static ulong Seed(string name, string value) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new UsageException($"{name} takes a whole number in 0..{ulong.MaxValue}, not '{value}'.");

    private static void Check(Options options)
    {
        if (options.Mode == RunMode.Forward && (options.Region.Length == 0) == (options.Memif is null))
        {
            throw new UsageException(options.Memif is null
                ? "--region is missing: name the packet region, for instance --region /dev/memif0, or a memif socket: --memif SOCKET."
                : "--region and --memif are two places that packets come from: leave one out.");
        }

        if (options.HoldMs > 0 && options.Mode != RunMode.SetPStates)
        {
            throw new UsageException("--hold-ms belongs to set-pstates: queuescaler set-pstates 0,4,2 --hold-ms N.");
        }

        options.Host.Check();
    }
}
