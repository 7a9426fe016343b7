using System.Text.Json;
using PollScale.Cpufreq;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Policies;
using PollScale.HostStub.Doctor.Report;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Cli;

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
        if (options.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new PolicyReport(path, errors.Length == 0, [.. examination.Findings.Select(found => new PolicyReportLine(found.Status, found.About.At.Line, found.About.At.Column, found.About.IsMachines, found.About.Text))]),
                DoctorJson.Default.PolicyReport));
        }
        else
        {
            foreach (PolicyFinding found in examination.Findings)
            {
                output.WriteLine(SafeText.Line((found.About with { Text = $"{(found.Status == FindingStatus.Problem ? "error" : "warning")}: {found.About.Text}" }).In(path)));
            }

            int warnings = examination.Findings.Count - errors.Length;
            output.WriteLine(SafeText.Line($"{path}: {Count(errors.Length, "error")}, {Count(warnings, "warning")}{(examination.Policy is { } policy ? $"; {Count(policy.Guests.Count, "guest")}, {Count(policy.Guests.SelectMany(g => g.Vcpus).Count(v => v.Channel is not null), "channel")}" : "")}"));
        }

        output.Flush();
        return errors.Length == 0 ? ExitCode.Ok : errors.All(found => found.About.IsMachines) ? ExitCode.Environment : ExitCode.Usage;
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
