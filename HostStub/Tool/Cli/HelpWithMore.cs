using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace PollScale.HostStub.Cli;

/// <summary>The library's help, followed by examples and exit codes.</summary>
internal sealed class HelpWithMore(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        bool isRoot = parseResult.CommandResult.Command is RootCommand;
        output.WriteLine(HelpText.Examples);
        output.WriteLine();
        if (!isRoot)
        {
            output.WriteLine(parseResult.CommandResult.Command.Name switch
            {
                SimulateCommand.Name => HelpText.Simulate,
                ServeCommand.Name => HelpText.Channels,
                OperateCommands.StatusName or OperateCommands.TopName or OperateCommands.SetName => HelpText.Operate,
                DoctorCommand.Name => HelpText.Doctor,
                GuestCommand.Name => HelpText.Guest,
                HostStubCommand.RunName => $"{HelpText.Traffic}\n{HelpText.Memif}",
                _ => HelpText.Traffic,
            });
            output.WriteLine();
        }

        output.WriteLine(HelpText.ExitCodes);
        return result;
    }
}
