using System.Text.Json;
using PollScale.Cpufreq;
using PollScale.Governors;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Run;
using PollScale.Programs;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Doctor;

[Collection("children")]
public sealed class DoctorTests : IDisposable
{
    private static readonly KvmFacts s_noKvm = new("/dev/kvm may not be opened by this user", "unknown", 0);
    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("run", true, "", 0, 0)]
    [InlineData("run", false, "cpufreq", 0, 2)]
    [InlineData("serve", false, "", 0, 0)]
    [InlineData("serve", true, "", 13, 2)]
    [InlineData("guest", false, "cpufreq", 0, 0)]
    [InlineData("guest", true, "", 0, 2)]
    public void The_exit_code_is_about_what_was_asked(string use, bool kvm, string usable, int socketError, int expected)
    {
        DoctorHost host = _machine.Host(kvm ? null : s_noKvm, socketError, usable);

        (int code, string output, _) = Invoke(host, "doctor", "--for", use);

        Assert.Equal(expected, code);
        Assert.Contains(expected == 0 ? $"Usable for {(use == "guest" ? "a guest" : use)}" : $"Not usable for {(use == "guest" ? "a guest" : use)}", output);
    }

    [Fact]
    public void A_cpu_that_may_not_be_used_makes_run_unusable() => Assert.Equal(2, Invoke(_machine.Host(), "doctor", "--cpu", "5").Code);

    [Fact]
    public void The_json_object_has_its_documented_shape()
    {
        using JsonDocument json = JsonDocument.Parse(Invoke(_machine.Host(), "doctor", "--json", "--ring", "4096", "--line-rate", "3Mpps", "--lease-dir", _machine.Root).Output);
        JsonElement root = json.RootElement;

        Assert.Equal(["type", "status", "exit_code", "for", "usable", "verdict", "findings", "transports", "certificate"], Names(root));
        Assert.Equal(("summary", "ok", 0), (root.GetProperty("type").GetString(), root.GetProperty("status").GetString(), root.GetProperty("exit_code").GetInt32()));
        Assert.Equal(("run", true), (root.GetProperty("for").GetString(), root.GetProperty("usable").GetBoolean()));
        Assert.Equal(
            ["kvm", "kvm-permission", "kvm-xen", "cpufreq", "lease", "pinning", "smt", "isolation", "nohz-full", "tsc", "halt", "halt-poll", "waitpkg", "rt-throttling", "serve", "priority", "hypercalls", "bpf", "module"],
            root.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("name").GetString()));
        Assert.All(root.GetProperty("findings").EnumerateArray(), finding =>
        {
            Assert.Equal(["name", "status", "what", "why", "what_to_do"], Names(finding));
            Assert.Contains(finding.GetProperty("status").GetString(), (string[])["ok", "warning", "problem", "not_here"]);
        });
        Assert.All(root.GetProperty("transports").EnumerateArray(), transport => Assert.Equal(["name", "usable", "why", "what_to_do"], Names(transport)));
        Assert.Equal(
            ["p_states", "ring", "line_rate", "cycles_per_packet", "memory_ns", "transition_us", "decision_us", "call_us", "lambda", "loss_free", "withheld", "floor_p_state", "smallest_ring", "delay_bound_us", "delay_choice", "delay_kept", "delay_floor_p_state", "shortest_bound_us", "delay_text", "text"],
            Names(root.GetProperty("certificate")));
    }

    [Fact]
    public void The_table_fits_80_columns_and_says_all()
    {
        string output = Invoke(_machine.Host(s_noKvm), "doctor", "--ring", "64", "--line-rate", "3Mpps").Output;

        Assert.All(output.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.DoesNotContain("\u001b", output);
        Assert.All((string[])["PROBLEM", "kvm-permission", "loopback", "Loss certificate for 3 Mpps", "Loss cannot be ruled out", "-> "], text => Assert.Contains(text, output));
    }

    [Fact]
    public void The_certificate_is_about_the_policy_of_the_lcores_cpu()
    {
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(_machine.Root + CpufreqTree.DefaultRoot);
        CpufreqPolicy policy = new CpufreqTree(_machine.Root + CpufreqTree.DefaultRoot).Read(0);
        DoctorOptions options = new() { Cpu = policy.OnlineCpus[0], LeaseFolder = _machine.Root, Certificate = new CertificateRequest(32, 1e6, 700, 60, TimeSpan.FromMilliseconds(1)) };

        CertificateFinding small = new Examination(_machine.Host(), options).Run().Certificate!;
        CertificateFinding large = new Examination(_machine.Host(), options with { Certificate = options.Certificate with { Ring = 16384 } }).Run().Certificate!;

        Assert.StartsWith("cpufreq policy 0, acpi-cpufreq", small.PStates);
        Assert.Equal(policy.TransitionLatencyNs!.Value / 1e3, small.TransitionUs);
        Assert.Equal((false, false), (small.LossFree, large.LossFree));
        Assert.Contains("the firmware's ACPI table states", large.Withheld);
        Assert.StartsWith("Loss cannot be ruled out", small.Text);
        Assert.StartsWith("Loss is not ruled out", large.Text);
        Assert.Equal(512, small.Lambda!.Value / large.Lambda!.Value, 1e-6);
    }

    [Fact]
    public void Without_a_bound_the_certificate_is_about_the_one_that_an_application_would_have()
    {
        CertificateRequest request = new(4096, 2e6, 1000, 0, null);
        CertificateFinding chosen = Certification.Make(request, new CpufreqTree(_machine.Root + "/none"), 0);
        OptimalAvailableGovernor governor = new(new GovernorContext(PStateFile.Default().ToTable(), 1_000_000, 4096, 32, 20_000) { CallTime = TimeSpan.FromMicroseconds(chosen.CallUs) }, new OptimalAvailableOptions { PeakPacketsPerSecond = 2e6 });
        Assert.Equal(governor.DelayBound.TotalMicroseconds, chosen.DelayBoundUs);
        Assert.Contains("half of it would cost", chosen.DelayChoice, StringComparison.Ordinal);
        Assert.True(chosen.DelayKept);
        Assert.Null(Certification.Make(request with { DelayBound = TimeSpan.FromMilliseconds(1) }, new CpufreqTree(_machine.Root + "/none"), 0).DelayChoice);
    }

    [Theory]
    [InlineData("--for takes run, serve or guest, not 'all'.", "--for", "all")]
    [InlineData("--cpu takes a whole number from 0 to 1023, not '-1'.", "--cpu", "-1")]
    [InlineData("A loss certificate needs both --ring N and --line-rate RATE", "--ring", "64")]
    [InlineData("A loss certificate needs both --ring N and --line-rate RATE", "--memory", "64")]
    [InlineData("--ring takes a power of two from 32 to 16384, not '65'.", "--ring", "65", "--line-rate", "1Mpps")]
    [InlineData("--line-rate takes a rate such as 3Mpps", "--ring", "64", "--line-rate", "1")]
    [InlineData("--cycles takes a number from 0 to 1000000, not 'x'.", "--ring", "64", "--line-rate", "1Mpps", "--cycles", "x")]
    [InlineData("--cycles and --memory are both 0", "--ring", "64", "--line-rate", "1Mpps", "--cycles", "0", "--memory", "0")]
    [InlineData("--lease-dir takes the path of a folder.", "--lease-dir", "")]
    public void A_wrong_option_is_named_with_its_remedy(string message, params string[] arguments)
    {
        (int code, _, string error) = Invoke(_machine.Host(), ["doctor", .. arguments]);

        Assert.Equal(1, code);
        Assert.StartsWith($"hoststub: {message}", error);
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void On_this_machine_it_says_the_truth()
    {
        (int code, string output, string error) = Invoke(DoctorHost.Here(), "doctor", "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement[] findings = [.. json.RootElement.GetProperty("findings").EnumerateArray()];
        string? problem = KvmProbe.Problem();

        Assert.Equal("", error);
        Assert.Equal(problem is null ? 0 : 2, code);
        Assert.Equal(problem is null ? "ok" : "problem", Status("kvm"));
        Assert.Equal(Directory.Exists("/sys/devices/system/cpu/cpufreq/policy0"), Status("cpufreq") != "not_here");
        if (KvmSystem.Exists)
        {
            string mode = Convert.ToString((int)File.GetUnixFileMode(KvmSystem.DevicePath), 8).PadLeft(4, '0');
            Assert.Contains($"mode {mode}.", findings.Single(f => f.GetProperty("name").GetString() == "kvm-permission").GetProperty("what").GetString());
        }

        string? Status(string name) => findings.Single(f => f.GetProperty("name").GetString() == name).GetProperty("status").GetString();
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static (int Code, string Output, string Error) Invoke(DoctorHost host, params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = new HostStubCommand(
            _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, new DoctorLauncher(() => host, output, null).Run, output, error).Invoke(arguments);
        return (code, output.ToString(), error.ToString());
    }
}
