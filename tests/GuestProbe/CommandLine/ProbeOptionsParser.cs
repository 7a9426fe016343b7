using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;

namespace PollScale.GuestProbe.CommandLine;

/// <summary>Reads the command line as the sample reads its own.</summary>
internal static class ProbeOptionsParser
{
    private const string Commands = "boot, bench-loop, bench-calls, bench-posts, selftest or probe";
    private const int DefaultIterations = 10_000_000;
    private const int DefaultCalls = 10_000;
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
            if (options.Mode is ProbeMode.BenchLoop or ProbeMode.BenchCalls or ProbeMode.BenchPosts)
            {
                bool isGiven = !args.IsEmpty && !args[0].StartsWith('-');
                int count = options.Mode == ProbeMode.BenchLoop ? DefaultIterations : DefaultCalls;
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
        "selftest" => ProbeMode.SelfTest,
        "probe" => ProbeMode.Probe,
        _ => throw new UsageException($"'{command}' is no command: use {Commands}."),
    };

    private static ProbeOptions Apply(ProbeOptions options, string name, string value) => name switch
    {
        "--flood" => options with { Flood = OptionValue.Integer(name, value, 1, MaxCount) },
        "--op" => options with { Sets = value == "set" || (value == "get" ? false : throw new UsageException($"--op {value}: there are get and set.")) },
        _ => options with { Host = options.Host.With(name, value) },
    };

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

        options.Host.Check();
        return options;
    }
}
