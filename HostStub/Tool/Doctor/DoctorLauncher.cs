using PollScale.HostStub.Doctor.Report;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Doctor;

/// <summary>Examines the machine and shows what was found.</summary>
/// <param name="host">Makes what is looked at.</param>
/// <param name="output">For results.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
internal sealed class DoctorLauncher(Func<DoctorHost> host, TextWriter output, IAnsiConsole? terminal)
{
    // Prose is folded: nobody reads sentences of 200 columns.
    private const int ProseWidth = 80;

    /// <summary>Examines.</summary>
    public ExitCode Run(DoctorOptions options)
    {
        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new DoctorTable(terminal ?? Consoles.Plain(output, ProseWidth));
        Diagnosis diagnosis = new Examination(host(), options).Run();
        ExitCode code = diagnosis.Usable ? ExitCode.Ok : ExitCode.Environment;
        report.Show(diagnosis with { ExitCode = (int)code });
        output.Flush();
        return code;
    }
}
