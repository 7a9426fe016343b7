using System.CommandLine;
using PollScale.HostStub.Operate;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The commands that ask a serving daemon; parsing only.</summary>
internal static class OperateCommands
{
    public const string StatusName = "status", TopName = "top", SetName = "set";

    public static Command BuildStatus(Func<StatusOptions, ExitCode> status)
    {
        OperateSymbols symbols = new();
        Command command = new(StatusName, "Shows what each vCPU that hoststub serve serves wishes, is granted and has, and why. Status 0 all is well, 3 something is not, 2 no daemon answers.");
        symbols.AddTo(command, symbols.Json);
        command.SetAction(parsed => (int)status(new OperateReader(symbols, parsed).ReadStatus()));
        return command;
    }

    public static Command BuildTop(Func<TopOptions, ExitCode> top)
    {
        OperateSymbols symbols = new();
        Command command = new(TopName, "Shows the same live, with calls a second; the busiest first, as many as fit.");
        symbols.AddTo(command, symbols.Interval, symbols.Sort, symbols.Once);
        command.SetAction(parsed => (int)top(new OperateReader(symbols, parsed).ReadTop()));
        return command;
    }

    public static Command BuildSet(Func<SetOptions, ExitCode> set)
    {
        OperateSymbols symbols = new();
        Command command = new(SetName, "Holds a guest, or one vCPU of it, to an operator's bounds within those of the policy file, until they are changed, reset or the file is read again.");
        command.Arguments.Add(symbols.Guest);
        symbols.AddTo(command, symbols.Fastest, symbols.Slowest, symbols.Deny, symbols.Withdraw, symbols.Reset, symbols.Json);
        command.SetAction(parsed => (int)set(new OperateReader(symbols, parsed).ReadSet()));
        return command;
    }
}
