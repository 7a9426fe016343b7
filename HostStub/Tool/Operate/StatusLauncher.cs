using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Operate;

/// <summary>hoststub status: how the daemon of this machine stands.</summary>
/// <param name="output">For the result.</param>
/// <param name="terminal">The terminal behind it; null when it is none.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class StatusLauncher(TextWriter output, IAnsiConsole? terminal, Func<string, string?> variable)
{
    /// <summary>Asks and shows.</summary>
    /// <exception cref="ControlException">No daemon answers.</exception>
    public ExitCode Run(StatusOptions options)
    {
        using ControlClient client = ControlClient.Connect(options.Control, variable);
        DaemonStatus status = client.Ask(new ControlRequest { Version = ControlRequest.Current, Command = "status" }, ReportJson.Default.DaemonStatus);
        ExitCode code = status.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new StatusText(terminal ?? Consoles.Plain(output));
        report.Show(status with { ExitCode = (int)code });
        return code;
    }
}
