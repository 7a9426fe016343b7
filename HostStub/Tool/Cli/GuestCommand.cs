using System.CommandLine;
using PollScale.HostStub.Guests;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The guest command; parsing only.</summary>
internal static class GuestCommand
{
    public const string Name = "guest";

    public static Command Build(Func<GuestOptions, ExitCode> guest)
    {
        GuestSymbols symbols = new();
        Command command = new(Name, "Says what to add to a guest's VM for the channels that a policy file gives it, and writes its ACPI table. Needs no root.");
        symbols.AddTo(command);
        command.SetAction(parsed => (int)guest(new GuestOptionsReader(symbols, parsed).Read()));
        return command;
    }
}
