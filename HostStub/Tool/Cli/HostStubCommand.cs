using System.CommandLine;
using System.CommandLine.Help;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Guests;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Operate;
using PollScale.HostStub.Peer;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Run;
using PollScale.HostStub.Serve;
using PollScale.HostStub.Serve.Reports;
using PollScale.HostStub.Simulation;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The hoststub command line. Parsing and checking only: what runs is given to it.</summary>
/// <param name="run">Runs what the command line described.</param>
/// <param name="bench">Measures what the command line described.</param>
/// <param name="simulate">Simulates what the command line described.</param>
/// <param name="serve">Serves what the command line described.</param>
/// <param name="doctor">Examines what the command line described.</param>
/// <param name="output">For results.</param>
/// <param name="error">For messages.</param>
/// <param name="log">Told which events are asked for; null for nobody.</param>
internal sealed class HostStubCommand(
    Func<RunOptions, ExitCode> run, Func<BenchOptions, ExitCode> bench, Func<SimulateOptions, ExitCode> simulate, Func<ServeOptions, ExitCode> serve,
    Func<DoctorOptions, ExitCode> doctor, TextWriter output, TextWriter error, HostLog? log = null)
{
    /// <summary>The demo's traffic.</summary>
    public const string DemoTraffic = "bursty";

    /// <summary>Name of the command that runs a guest, or sends to a peer.</summary>
    public const string RunName = "run";

    private readonly Option<string?> _level = new("--log-level")
    {
        HelpName = "LEVEL",
        Recursive = true,
        Description = "Least level of what is told besides the report: trace, debug, information, warning, error, critical or none [information].",
    };

    /// <summary>Tells what the guest of a command line needs.</summary>
    public Func<GuestOptions, ExitCode> Guest { get; init; } = _ => ExitCode.Internal;

    /// <summary>Shows how a daemon stands.</summary>
    public Func<StatusOptions, ExitCode> Status { get; init; } = _ => ExitCode.Internal;

    /// <summary>Shows it again and again.</summary>
    public Func<TopOptions, ExitCode> Top { get; init; } = _ => ExitCode.Internal;

    /// <summary>Changes an operator's bounds.</summary>
    public Func<SetOptions, ExitCode> Set { get; init; } = _ => ExitCode.Internal;

    /// <summary>Sends traffic to the memif peer of a command line.</summary>
    public Func<PeerOptions, ExitCode> Peer { get; init; } = _ => ExitCode.Internal;

    /// <summary>Parses, checks and runs; a message for every failure, an exit code for everything.</summary>
    public int Invoke(IReadOnlyList<string> arguments)
    {
        try
        {
            ParseResult parsed = Build().Parse(RunSymbols.CompleteDefaultRoute(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            bool helpOrVersion = parsed.Action is HelpWithMore or VersionText;
            if (parsed.Errors.Count > 0 && !helpOrVersion)
            {
                return Complain(parsed, arguments);
            }

            SetLevel(parsed.GetValue(_level));
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (UsageException e)
        {
            return Fail(arguments, e.Message, ExitCode.Usage, e);
        }
        catch (Exception e) when (MachineFailure.Describe(e) is string text)
        {
            return Fail(arguments, text, ExitCode.Environment, e);
        }
        catch (Exception e)
        {
            error.WriteLine($"hoststub: internal error, please report it with this text: {e}");
            return Sum(arguments, $"A defect of hoststub: {e.Message}", ExitCode.Internal, e);
        }
    }

    private void SetLevel(string? text)
    {
        if (text is null)
        {
            return;
        }

        if (!Enum.TryParse(text, ignoreCase: true, out LogLevel level) || !Enum.IsDefined(level) || text.Any(char.IsAsciiDigit))
        {
            throw new UsageException($"--log-level takes trace, debug, information, warning, error, critical or none, not '{SafeText.Line(text)}'.");
        }

        if (log is not null)
        {
            log.Level = level;
        }
    }

    private int Fail(IReadOnlyList<string> arguments, string text, ExitCode code, Exception failure)
    {
        error.WriteLine($"hoststub: {string.Join(Environment.NewLine, SafeText.Lines(text))}");
        return Sum(arguments, text, code, failure);
    }

    // What goes wrong before, or instead of, a report is its only line. Where nothing can be written any more the exit code says so.
    private int Sum(IReadOnlyList<string> arguments, string text, ExitCode code, Exception? failure)
    {
        if (arguments.TakeWhile(argument => argument != "--").Contains("--json") && (failure is null || !ReportedFailure.IsSet(failure)))
        {
            new GuardedReport(new JsonLines(output, ReportJson.Default), _ => { }).Show(new FailureLine { Cause = string.Join('\n', SafeText.Lines(text)), ExitCode = (int)code });
        }

        return (int)code;
    }

    private int Complain(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        string[] problems = [.. parsed.Errors.DistinctBy(p => p.Message).Take(5).Select(problem => SafeText.Line(problem.Message))];
        foreach (string problem in problems)
        {
            error.WriteLine($"hoststub: {problem}");
        }

        Command command = parsed.CommandResult.Command;
        error.WriteLine(command is RootCommand ? "Try hoststub --help." : $"Try hoststub {command.Name} --help.");
        return Sum(arguments, string.Join('\n', problems), ExitCode.Usage, null);
    }

    private RootCommand Build()
    {
        RootCommand root = new("Runs a poll-mode packet application in a micro-VM and answers its frequency calls, or serves those of other VMs.")
        {
            BuildRun(),
            BuildDemo(),
            BenchCommand.Build(bench),
            SimulateCommand.Build(simulate),
            ServeCommand.Build(serve),
            OperateCommands.BuildStatus(Status),
            OperateCommands.BuildTop(Top),
            OperateCommands.BuildSet(Set),
            GuestCommand.Build(Guest),
            DoctorCommand.Build(doctor),
        };
        root.Options.Add(_level);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new HelpWithMore(help);
            }
            else if (option is VersionOption)
            {
                option.Action = new VersionText();
            }
        }

        return root;
    }

    private Command BuildRun()
    {
        RunSymbols symbols = new();
        Argument<string?> guest = new("guest") { Description = "The guest: a static x86-64 Linux ELF. None with --memif.", HelpName = "GUEST.elf", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> memif = new("--memif") { HelpName = "SOCKET[,role=..]", Description = "Send the traffic to a memif peer (DPDK, VPP, libmemif) instead of to a guest; see below." };
        Command command = new(RunName, "Runs a guest; sends traffic through it with --traffic or --pcap.");
        command.Arguments.Add(guest);
        command.Options.Add(memif);
        symbols.AddTo(command);
        command.SetAction(parsed => (int)(parsed.GetValue(memif) is string peer
            ? Peer(new PeerReader(symbols, parsed).Read(peer, memif, parsed.GetValue(guest)))
            : run(new OptionsReader(symbols, parsed).Read(
                parsed.GetValue(guest) ?? throw new UsageException("the guest is missing: hoststub run GUEST.elf, or --memif SOCKET for traffic to a memif peer."), null))));
        return command;
    }

    private Command BuildDemo()
    {
        RunSymbols symbols = new();
        Option<string?> guest = new("--guest") { HelpName = "PATH", Description = "The guest [queuescaler beside hoststub]." };
        Command command = new("demo", "Sends 15 s of bursty traffic through the sample forwarder; without /dev/kvm as a plain process.");
        command.Options.Add(guest);
        symbols.AddTo(command);
        command.SetAction(parsed => (int)run(new OptionsReader(symbols, parsed).Read(
            parsed.GetValue(guest) ?? GuestImage.Default(), DemoTraffic)));
        return command;
    }
}
