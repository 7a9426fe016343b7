using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;

namespace PollScale.HostStub.Operate;

/// <summary>hoststub set: an operator's bounds.</summary>
/// <param name="output">For the result.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class SetLauncher(TextWriter output, Func<string, string?> variable)
{
    /// <summary>Asks for it, and tells what is in force then.</summary>
    /// <exception cref="ControlException">No daemon answers, or it refuses.</exception>
    public ExitCode Run(SetOptions options)
    {
        using ControlClient client = ControlClient.Connect(options.Control, variable);
        SetOutcome outcome = client.Ask(
            new ControlRequest
            {
                Version = ControlRequest.Current,
                Command = "set",
                Guest = options.Guest,
                Fastest = options.Fastest,
                Slowest = options.Slowest,
                Deny = options.Deny,
                Withdraw = options.Withdraw,
                Reset = options.Reset,
            },
            ReportJson.Default.SetOutcome);
        if (options.Json)
        {
            new JsonLines(output, ReportJson.Default).Show(outcome);
            return ExitCode.Ok;
        }

        output.WriteLine(string.Join(Environment.NewLine, SafeText.Lines(outcome.Message)));
        Consoles.Plain(output).Write(StatusTable.Draw([.. outcome.Vcpus.Select(vcpu => new StatusRow(vcpu, null, null))], Consoles.FileWidth));
        return ExitCode.Ok;
    }
}
