using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Telemetry;

namespace PollScale.GuestProbe.CommandLine;

/// <summary>Reads the command line as the sample reads its own.</summary>
internal static class ProbeOptionsParser
{
    private const string Commands = "boot, bench-loop, bench-calls, bench-posts, bench-polls, bench-forward, bench-sleeps, bench-bursts, selftest or probe";
    private const int DefaultIterations = 10_000_000;
    private const int DefaultCalls = 10_000;
    private const int DefaultBursts = 200;
    private const int MaxHoldMs = 1000, MaxSpinMs = 60_000, MaxDecisionUs = 10_000, MaxSleepUs = 1_000_000;
    private const int MaxCount = 1_000_000_000;

    /// <summary>Reads the arguments behind the program's name.</summary>
    /// <exception cref="UsageException">An argument is unknown, malformed or missing.</exception>
    public static ProbeOptions Parse(ReadOnlySpan<string> args)
    {
        ProbeOptions? options = null;
        if (!args.IsEmpty && !args[0].StartsWith('-'))
        {
            string command = args[0];
            options = new() { Mode = Mode(command) };
            args = args[1..];
            if (options.Mode is ProbeMode.BenchLoop or ProbeMode.BenchCalls or ProbeMode.BenchPosts or ProbeMode.BenchPolls or ProbeMode.BenchForward or ProbeMode.BenchSleeps or ProbeMode.BenchBursts)
            {
                bool isGiven = !args.IsEmpty && !args[0].StartsWith('-');
                int count = options.Mode switch
                {
                    ProbeMode.BenchLoop => DefaultIterations,
                    ProbeMode.BenchBursts => DefaultBursts,
                    ProbeMode.BenchPolls or ProbeMode.BenchForward => 1,
                    _ => DefaultCalls,
                };
                options = options with { Count = isGiven ? OptionValue.Integer(command, args[0], 1, MaxCount) : count };
                args = isGiven ? args[1..] : args;
            }
        }

        OptionReader reader = new(args);
        while (reader.TryName(out string name))
        {
            if (name is "--help" or "-h" or "-?")
            {
                return new ProbeOptions { Mode = ProbeMode.Help };
            }

            options = Apply(options ?? throw new UsageException($"the command comes first: {Commands}."), name, reader.Value());
        }

        return Checked(options ?? throw new UsageException($"no command: use {Commands}."));
    }

    private static ProbeMode Mode(string command) => command switch
    {
        "help" => ProbeMode.Help,
        "boot" => ProbeMode.Boot,
        "bench-loop" => ProbeMode.BenchLoop,
        "bench-calls" => ProbeMode.BenchCalls,
        "bench-posts" => ProbeMode.BenchPosts,
        "bench-polls" => ProbeMode.BenchPolls,
        "bench-forward" => ProbeMode.BenchForward,
        "bench-sleeps" => ProbeMode.BenchSleeps,
        "bench-bursts" => ProbeMode.BenchBursts,
        "selftest" => ProbeMode.SelfTest,
        "probe" => ProbeMode.Probe,
        _ => throw new UsageException($"'{command}' is no command: use {Commands}."),
    };

    private static ProbeOptions Apply(ProbeOptions options, string name, string value) => name switch
    {
        "--flood" => options with { Flood = OptionValue.Integer(name, value, 1, MaxCount) },
        "--op" => options with { Sets = value == "set" || (value == "get" ? false : throw new UsageException($"--op {value}: there are get and set.")) },
        "--trace" => options with { Trace = value },
        "--routes" => options with { Routes = value },
        "--governor" => options with { Governor = value },
        "--decision-us" => options with { DecisionUs = OptionValue.Time(name, value, OptionValue.Microsecond, 1, MaxDecisionUs) },
        "--sleep-us" => options with { SleepUs = OptionValue.Time(name, value, OptionValue.Microsecond, 1, MaxSleepUs) },
        "--label" => options with { Label = Label(value) },
        "--hold-ms" => options with { HoldMs = OptionValue.Time(name, value, OptionValue.Millisecond, 1, MaxHoldMs) },
        "--spin-ms" => options with { SpinMs = OptionValue.Time(name, value, OptionValue.Millisecond, 1, MaxSpinMs) },
        _ => options with { Host = options.Host.With(name, value) },
    };

    private static string Label(string value) => value.Length <= BurstMark.MostLabel && value.All(BurstMark.IsLabelChar)
        ? value
        : throw new UsageException($"--label takes at most {BurstMark.MostLabel} printable ASCII characters, not '{value}'.");

    private static ProbeOptions Checked(ProbeOptions options)
    {
        if (options.Flood > 0 && options.Mode != ProbeMode.Probe)
        {
            throw new UsageException("--flood belongs to probe: guestprobe probe --flood N.");
        }

        if (options.Sets && options.Mode != ProbeMode.BenchCalls)
        {
            throw new UsageException("--op set belongs to bench-calls.");
        }

        if ((options.Label.Length > 0 || options.HoldMs > 0 || options.SpinMs > 0) && options.Mode != ProbeMode.BenchBursts)
        {
            throw new UsageException("--label, --hold-ms and --spin-ms belong to bench-bursts.");
        }

        if ((options.Trace.Length > 0) != (options.Mode is ProbeMode.BenchPolls or ProbeMode.BenchForward))
        {
            throw new UsageException("bench-polls and bench-forward, and they alone, need --trace FILE.");
        }

        if ((options.Routes.Length > 0) != (options.Mode == ProbeMode.BenchForward))
        {
            throw new UsageException("--routes and bench-forward belong together: guestprobe bench-forward --trace FILE --routes FILE.");
        }

        options.Host.Check();
        return options;
    }
}
