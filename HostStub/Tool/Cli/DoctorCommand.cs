using System.CommandLine;
using PollScale.HostStub.Doctor;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>The doctor command; parsing only.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor";

    public static Command Build(Func<DoctorOptions, ExitCode> doctor)
    {
        DoctorSymbols symbols = new();
        Command command = new(Name, "Says what works on this machine, why the rest does not, and what to change. Changes nothing; needs no root.");
        symbols.AddTo(command);
        command.SetAction(parsed => (int)doctor(new DoctorReader(symbols, parsed).Read()));
        return command;
    }
}
