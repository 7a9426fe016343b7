using PollScale.Cpufreq;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Policies;
using PollScale.HostStub.Doctor.Report;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;

namespace PollScale.HostStub.Serve;

/// <summary>serve --check: every mistake of a policy file and what this machine lacks for it, as file:line:column, then a sentence.</summary>
/// <param name="output">For the findings.</param>
internal sealed class ServeCheckLauncher(TextWriter output)
{
    /// <summary>Checks.</summary>
    /// <returns>Ok without errors; Usage when the file has some; Environment when only this machine has.</returns>
    public ExitCode Run(ServeOptions options)
    {
        string path = options.CheckPolicy!, root = options.CpufreqRoot ?? CpufreqTree.DefaultRoot;
        PolicyExamination examination = PolicyExamination.Of(new PolicyCheckOptions
        {
            Path = path,
            IsReal = options.Frequency == FrequencyChoice.Cpufreq || (options.Frequency == FrequencyChoice.Auto && new CpufreqTree(root).PolicyNumbers().Count > 0),
            CpufreqRoot = root,
            LeaseFolder = options.LeaseFolder,
            PStates = options.PStates,
        });
        PolicyFinding[] errors = [.. examination.Findings.Where(found => found.Status == FindingStatus.Problem)];
        ExitCode code = errors.Length == 0 ? ExitCode.Ok : errors.All(found => found.About.IsMachines) ? ExitCode.Environment : ExitCode.Usage;
        PolicyReportLine[] findings = [.. examination.Findings.Select(found => new PolicyReportLine(found.Status, found.About.At.Line, found.About.At.Column, found.About.IsMachines, found.About.Text))];
        int? channels = examination.Policy?.Guests.Sum(guest => guest.Vcpus.Count(vcpu => vcpu.Channel is not null));
        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new PolicyText(output);
        report.Show(new PolicyReport(path, errors.Length == 0, examination.Policy?.Guests.Count, channels, findings) { ExitCode = (int)code });
        return code;
    }
}
