using System.CommandLine;
using PollScale.HostStub.Serve;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The serve command; parsing only.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Build(Func<ServeOptions, ExitCode> serve)
    {
        ServeSymbols symbols = new();
        Command command = new(Name, "Serves DPDK's guest channel (virtio-serial) to unmodified DPDK guests and to the SDK's.");
        symbols.AddTo(command);
        command.SetAction(parsed => (int)serve(new ServeReader(symbols, parsed).Read()));
        return command;
    }
}
