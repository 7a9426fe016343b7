using PollScale.Programs;

namespace PollScale.HostStub.Lifetime;

/// <summary>What each exit code says; --help and docs/operating.md have this table.</summary>
internal static class ExitCodeText
{
    /// <summary>The table, for --help.</summary>
    public static string Table { get; } = string.Join('\n', Enum.GetValues<ExitCode>().Select(code => $"  {(int)code,-5}{Of(code)}"));

    /// <summary>What a code says.</summary>
    public static string Of(ExitCode code) => code switch
    {
        ExitCode.Ok => "all went well; a capture that ends early is replayed up to there, and a note says so; serve: ended by Ctrl-C or SIGTERM; doctor: usable; serve --check: no error",
        ExitCode.Usage => "the command line, or a file it names, is wrong: a capture that cannot be replayed among them",
        ExitCode.Environment => "this machine cannot do it: no /dev/kvm, no such CPU, no permission, no room, too few threads, files or memory, or --pcap-out or --report could not be written whole; doctor: not usable",
        ExitCode.Failed => "the guest crashed, exited with an error, or never polled; bench: a bound was not met; status: something is not well",
        ExitCode.PacketsLost => "well-formed packets were lost, or packets are not accounted for",
        ExitCode.Limit => "the watchdog or a time limit ended the run",
        ExitCode.Output => "standard output could not be written (closed, full, its reader gone), so that what ran ended in order; serve goes on instead",
        ExitCode.Internal => "a defect of hoststub, or a thread of it that failed while it served the guest",
        ExitCode.HungUp => "stopped by SIGHUP",
        ExitCode.Interrupted => "stopped by Ctrl-C",
        ExitCode.Quit => "stopped by SIGQUIT",
        ExitCode.Terminated => "stopped by SIGTERM",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No such code."),
    };
}
