using System.Text;
using System.Text.Json;
using PollScale.Cpufreq;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Hypercall;
using PollScale.Programs;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>docs/operating.md says what the code does.</summary>
public class DocumentedTablesTests
{
    [Fact]
    public void Every_reason_is_in_the_documentation_and_no_other() =>
        Assert.Equal(Enum.GetValues<AuditReason>().Select(Snake).Order(), Table("| reason | meaning |").Select(row => row.Key).Order());

    [Fact]
    public void Every_outcome_is_in_the_documentation_and_no_other() =>
        Assert.Equal(Enum.GetValues<CallVerdict>().Select(Snake).Order(), Table("| decided | meaning |").Select(row => row.Key).Order());

    [Fact]
    public void Every_reason_has_a_sentence() => Assert.All(Enum.GetValues<AuditReason>(), reason => Assert.NotEmpty(AuditReasonText.Of(reason)));

    [Fact]
    public void Exit_codes_are_documented_as_help_tells_them()
    {
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => ($"{(int)code}", ExitCodeText.Of(code))), Table("| code | meaning |"));
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"  {(int)code,-5}{ExitCodeText.Of(code)}", HelpText.ExitCodes));
    }

    [Fact]
    public void Every_check_of_doctor_is_in_the_documentation_and_no_other()
    {
        using FakeMachine machine = new();
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(machine.Root + CpufreqTree.DefaultRoot);
        int cpu = new CpufreqTree(machine.Root + CpufreqTree.DefaultRoot).Read(0).OnlineCpus[0];
        Diagnosis diagnosis = new Examination(machine.Host(), new DoctorOptions { Cpu = cpu, LeaseFolder = machine.Root, Policy = $"{machine.Root}/none.yaml" }).Run();

        Assert.Equal(diagnosis.Findings.Select(finding => finding.Name).Distinct().Order(), Table("| check | looks at |").SelectMany(row => row.Key.Split(", ")).Order());
    }

    [Fact]
    public void Every_key_of_a_policy_is_in_the_documentation_and_no_other()
    {
        const string Wrong = "version: 1\nx: 1\ndefaults: {x: 1}\nguests:\n  - {x: 1, budget: {x: 1}, vcpus: [{x: 1}]}\npcpus:\n  - {x: 1}\n";
        PolicyException refused = Assert.Throws<PolicyException>(() => PolicyReader.Parse(Encoding.UTF8.GetBytes(Wrong), "p.yaml"));
        string[] allowed = [.. refused.Message.Split('\n').Where(line => line.Contains("Allowed: ", StringComparison.Ordinal)).SelectMany(line => line[(line.IndexOf("Allowed: ", StringComparison.Ordinal) + 9)..].Split(", "))];

        Assert.Equal(
            allowed.Distinct().Order(StringComparer.Ordinal),
            Table("| key | value | default | meaning |").SelectMany(row => row.Key.Split('.', '[', ']', ',', ' ')).Where(key => key.Length > 0).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_field_of_the_audit_log_is_in_the_documentation_and_no_other()
    {
        AuditLine line = new(1e9);
        AuditRecord record = new("a", 0, 1, new FrequencyCall(FrequencyOp.SetPState, 2), CallVerdict.Granted, default, 2, 2_000_000, 1);
        Dictionary<string, string> documented = Table("| line | fields |").ToDictionary(row => row.Key, row => row.Meaning);

        Assert.Equal(documented["decision"], Fields(line.Of(new AuditEntry(record, 2), default)));
        Assert.Equal(documented["decision"].Replace("asked, argument, ", "", StringComparison.Ordinal), Fields(line.Of(new AuditEntry(record with { Result = CallVerdict.Withdrawn }, 2), default)));
        Assert.Equal(documented["repeats"], Fields(line.Of(new AuditRepeats("a", CallVerdict.Granted, default, 2, 1), default)));
        Assert.Equal(documented["not recorded"], Fields(line.OfLost(1, 1, default)).Replace("dropped", "dropped (the queue was full)", StringComparison.Ordinal).Replace("unwritten", "unwritten (the disk was full)", StringComparison.Ordinal));

        static string Fields(ReadOnlySpan<byte> json)
        {
            using JsonDocument document = JsonDocument.Parse(json.ToArray());
            return string.Join(", ", document.RootElement.EnumerateObject().Select(field => field.Name));
        }
    }

    private static (string Key, string Meaning)[] Table(string head) => [.. DocumentedTable.Rows("operating.md", head).Select(cells => (cells[0], cells[1]))];

    private static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
