using System.Text.Json;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Report;
using Spectre.Console;

namespace PollScale.HostStub.Cli;

/// <summary>Examines the machine and shows what was found.</summary>
/// <param name="host">Makes what is looked at.</param>
/// <param name="output">For results.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
internal sealed class DoctorLauncher(Func<DoctorHost> host, TextWriter output, IAnsiConsole? terminal)
{
    private const int FileWidth = 80;

    /// <summary>Examines.</summary>
    public ExitCode Run(DoctorOptions options)
    {
        Diagnosis diagnosis = new Examination(host(), options).Run();
        if (options.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(diagnosis, DoctorJson.Default.Diagnosis));
        }
        else
        {
            new DoctorTable(terminal ?? Plain()).Write(diagnosis);
        }

        output.Flush();
        return diagnosis.Usable ? ExitCode.Ok : ExitCode.Environment;
    }

    private IAnsiConsole Plain()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = FileWidth;
        return console;
    }
}
