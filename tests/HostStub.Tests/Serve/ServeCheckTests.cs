using System.Diagnostics;
using System.Text.Json;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve --check` and `hoststub doctor --policy`, as programs of their own.</summary>
public sealed class ServeCheckTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_right_policy_ends_with_0_and_takes_nothing_over()
    {
        string file = Policy("a", $"{{vcpu: 0, pcpu: 0, channel: {{listen: {_tree.Root}/a.sock}}}}");

        (int code, string output, string error) = Run("serve", "--check", "--policy", file);
        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith($"{file}: 0 errors, 0 warnings; 1 guest, 1 channel\n", output);
        Assert.Equal([file], Directory.GetFileSystemEntries(_tree.Root));
    }

    [Fact]
    public void Every_mistake_of_the_file_is_listed_and_the_status_is_1()
    {
        string file = _tree.Write("p.yaml", "version: 1\nguests:\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"  - {{name: g{i}, control: perhaps}}\n")));

        (int code, string output, _) = Run("serve", "--check", "--policy", file);
        Assert.Equal(1, code);
        Assert.Equal(51, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith($"{file}:3:25: error: control is 'perhaps'", output);
        Assert.EndsWith($"{file}: 50 errors, 0 warnings\n", output);

        (code, output, _) = Run("serve", "--check", "--json", "--policy", file);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal((1, false, 50), (code, json.RootElement.GetProperty("valid").GetBoolean(), json.RootElement.GetProperty("findings").GetArrayLength()));
    }

    [Fact]
    public void What_only_this_machine_lacks_ends_with_2()
    {
        string plain = _tree.Write("plain", "");
        string file = Policy("a", $"{{vcpu: 0, pcpu: 0, channel: {{listen: {plain}}}}}", "  - name: b\n    vcpus: [{vcpu: 0, pcpu: 0, channel: {connect: /nonexistent/b}}]\n");

        (int code, string output, _) = Run("serve", "--check", "--policy", file);
        Assert.Equal(2, code);
        Assert.Contains($"{file}:5:29: error: guest a, vCPU 0: {plain} is no socket", output);
        Assert.Contains($"{file}:7:29: warning: guest b, vCPU 0: there is no /nonexistent/b yet", output);
        Assert.Contains($"{file}:7:29: warning: pCPU 0 is shared by vCPU 0 of a (line 5), vCPU 0 of b (line 7)", output);
        Assert.EndsWith($"{file}: 1 error, 2 warnings; 2 guests, 2 channels\n", output);
    }

    [Theory]
    [InlineData("observed")]
    [InlineData("answered")]
    public void Hypercalls_that_cannot_be_observed_or_answered_are_told_with_what_to_do(string mode)
    {
        string? why = mode == "observed" ? HypercallTracepoint.WhyNot() : HypercallAnswers.WhyNot();
        Assert.SkipWhen(why is null, $"This user may have hypercalls {mode} here.");
        string file = _tree.Write("p.yaml", $"version: 1\nguests:\n  - name: a\n    shmem: {{listen: {_tree.Root}/a}}\n    hypercall: {mode}\n    vcpus: [{{vcpu: 0, pcpu: 0}}]\n");

        (int code, string output, _) = Run("serve", "--check", "--policy", file);
        Assert.Equal(0, code);
        Assert.Contains($"{file}:4:21: warning: guest a, hypercall: its hypercalls would not be {mode} now, and it would have the doorbell of its page only: {why.Split('\n')[0]}", output);
    }

    [Fact]
    public void Hypercalls_that_the_module_would_not_answer_are_told_with_what_to_do()
    {
        Assert.SkipWhen(ModuleDevice.WhyNot() is null, "The module is loaded here.");
        string file = _tree.Write("p.yaml", "version: 1\nguests:\n  - name: a\n    process: 1\n    hypercall: module\n    vcpus: [{vcpu: 0, pcpu: 0}]\n");

        (int code, string output, _) = Run("serve", "--check", "--policy", file);
        Assert.Equal(0, code);
        Assert.Contains($"{file}:3:5: warning: guest a, hypercall: its hypercalls would not be answered now: {ModuleDevice.WhyNot()}", output);
        Assert.Contains($"{file}:6:29: warning: guest a, hypercall: module: the hypercalls of vCPU 0 would not be answered: the P-states of pCPU 0 are simulated", output);
        Assert.DoesNotContain("serve nobody", output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_socket_under_two_paths_is_an_error_also_when_serving()
    {
        Directory.CreateDirectory($"{_tree.Root}/real");
        Directory.CreateSymbolicLink($"{_tree.Root}/other", $"{_tree.Root}/real");
        string file = Policy("a", $"{{vcpu: 0, pcpu: 0, channel: {{listen: {_tree.Root}/real/s}}}}", $"  - name: b\n    vcpus: [{{vcpu: 0, pcpu: 1, channel: {{listen: {_tree.Root}/other/s}}}}]\n");

        (int code, string output, _) = Run("serve", "--check", "--policy", file);
        Assert.Equal(1, code);
        Assert.Contains($"{file}:7:29: error: the channel {_tree.Root}/other/s is the same socket as {_tree.Root}/real/s on line 5", output);

        (code, _, string error) = Run("serve", "--policy", file);
        Assert.Equal(1, code);
        Assert.Contains($"hoststub: {file}:7:29: the channel", error);
    }

    [Fact]
    public void A_cpu_that_has_no_cpufreq_policy_is_told_by_both_commands()
    {
        string root = Cpufreq();
        string file = Policy("a", $"{{vcpu: 0, pcpu: 7, channel: {{listen: {_tree.Root}/a.sock}}}}");

        (int code, string output, _) = Run("serve", "--check", "--policy", file, "--frequency", "cpufreq", "--cpufreq-root", root, "--lease-dir", _tree.Root);
        Assert.Equal(2, code);
        Assert.Contains($"{file}:5:29: error: pCPU 7", output);

        (code, output, _) = Run("doctor", "--for", "serve", "--json", "--policy", file, "--cpufreq-root", root, "--lease-dir", _tree.Root);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal((2, false), (code, json.RootElement.GetProperty("usable").GetBoolean()));
        Assert.Contains(json.RootElement.GetProperty("findings").EnumerateArray(), f =>
            f.GetProperty("name").GetString() == "policy" && f.GetProperty("status").GetString() == "problem" && f.GetProperty("what").GetString()!.StartsWith($"{file}:5:29: pCPU 7", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pcpu_that_is_missing_or_offline_is_told_with_what_to_do()
    {
        string root = Cpufreq();
        _tree.Write("cpu/cpu0/online", "1\n");
        _tree.Write("cpu/cpu1/online", "0\n");
        string file = Policy("a", $"{{vcpu: 0, pcpu: 1, channel: {{listen: {_tree.Root}/a.sock}}}}, {{vcpu: 1, pcpu: 7, channel: {{listen: {_tree.Root}/b.sock}}}}");

        (int code, string output, _) = Run("serve", "--check", "--policy", file, "--frequency", "cpufreq", "--cpufreq-root", root, "--lease-dir", _tree.Root);
        Assert.Equal(2, code);
        Assert.Contains($"error: pCPU 1 is offline: echo 1 > {root}/cpu1/online", output);
        Assert.Contains($"error: pCPU 7 does not exist: there is no {root}/cpu7", output);
    }

    [Theory]
    [InlineData("serve", "--check")]
    [InlineData("serve", "--check", "--channel", "a:0:listen:/tmp/x")]
    [InlineData("serve", "--channel", "a:0:listen:/tmp/x", "--interval", "5s")]
    [InlineData("serve", "--channel", "a:0:listen:/tmp/x", "--json", "--interval", "5ms")]
    [InlineData("serve", "--policy", "/nonexistent/p.yaml")]
    [InlineData("doctor", "--policy", "")]
    public void A_wrong_command_line_ends_with_1(params string[] arguments) => Assert.Equal(1, Run(arguments).Code);

    [Fact]
    public void A_fifo_for_a_policy_ends_with_1_at_once()
    {
        Shell.Run("mkfifo", $"{_tree.Root}/fifo");

        (int code, _, string error) = Run("serve", "--policy", $"{_tree.Root}/fifo");
        Assert.Equal(1, code);
        Assert.Contains("a FIFO, not a regular file", error);
    }

    [Fact]
    public void An_audit_log_in_a_folder_of_everybodys_is_refused_with_1()
    {
        Directory.CreateDirectory($"{_tree.Root}/shared");
        Shell.Run("chmod", "0777", $"{_tree.Root}/shared");
        string file = Policy("a", $"{{vcpu: 0, pcpu: 0, channel: {{listen: {_tree.Root}/a.sock}}}}");

        (int code, _, string error) = Run("serve", "--policy", file, "--audit", $"{_tree.Root}/shared/audit.jsonl");
        Assert.Equal(1, code);
        Assert.Contains("chmod o-w", error);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("device")]
    [InlineData("plain")]
    [InlineData("folder")]
    [InlineData("missing")]
    public void A_guest_that_is_no_program_ends_with_1_at_once(string kind)
    {
        Assert.SkipUnless(File.Exists("/dev/kvm"), "There is no /dev/kvm, which is looked at first.");
        using HostileFiles files = new("no ELF\n");

        Assert.Equal(1, Run("run", files.Of(kind)).Code);
    }

    [Fact]
    public void A_full_disk_behind_the_report_is_told_and_serving_goes_on()
    {
        string file = Policy("a", $"{{vcpu: 0, pcpu: 0, channel: {{listen: {_tree.Root}/a.sock}}}}"), error = $"{_tree.Root}/error";
        using Process shell = Process.Start("sh", ["-c", "exec \"$0\" serve --json --policy \"$1\" > /dev/full 2> \"$2\"", Path.Combine(AppContext.BaseDirectory, "hoststub"), file, error]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(error) && File.ReadAllText(error).EndsWith('\n'), TimeSpan.FromSeconds(30)), "nothing was told");
        Assert.Contains("cannot be written to standard output: No space left on device. Serving goes on", File.ReadAllText(error));
        Assert.True(File.Exists($"{_tree.Root}/a.sock"), "the channel is gone");
        Assert.Equal(0, LibC.kill(shell.Id, LibC.SIGTERM));
        Assert.True(shell.WaitForExit(TimeSpan.FromSeconds(30)), "it does not end");
        Assert.Equal(0, shell.ExitCode);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hoststub"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "hoststub does not end");
        return (process.ExitCode, output, error.Result);
    }

    private string Policy(string guest, string vcpu, string more = "") =>
        _tree.Write("p.yaml", $"version: 1\nguests:\n  - name: {guest}\n    control: true\n    vcpus: [{vcpu}]\n{more}");

    private string Cpufreq()
    {
        (string Name, string Text)[] files =
        [
            ("affected_cpus", "0"), ("related_cpus", "0"), ("cpuinfo_max_freq", "2400000"), ("cpuinfo_min_freq", "1200000"), ("cpuinfo_transition_latency", "10000"),
            ("scaling_available_frequencies", "2400000 1200000"), ("scaling_available_governors", "userspace schedutil"), ("scaling_cur_freq", "1200000"), ("scaling_driver", "acpi-cpufreq"),
            ("scaling_governor", "schedutil"), ("scaling_max_freq", "2400000"), ("scaling_min_freq", "1200000"), ("scaling_setspeed", "<unsupported>"),
        ];
        foreach ((string name, string text) in files)
        {
            _tree.Write($"cpu/cpufreq/policy0/{name}", text + "\n");
        }

        return $"{_tree.Root}/cpu";
    }
}
