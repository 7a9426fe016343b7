using System.CommandLine;
using PollScale.HostStub.Simulation;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The simulate command; parsing only.</summary>
internal static class SimulateCommand
{
    public const string Name = "simulate";

    public static Command Build(Func<SimulateOptions, ExitCode> simulate)
    {
        SimulateSymbols symbols = new();
        Command command = new(Name, "Compares governors on simulated traffic or a capture, beside the fastest P-state and the clairvoyant optimum.");
        symbols.AddTo(command);
        command.SetAction(parsed => (int)simulate(new SimulateReader(symbols, parsed).Read()));
        return command;
    }
}
