using System.Diagnostics;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Run;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>What ./demo and ./test share, .ci/setup.sh: builds that depend on nothing else, and leave nothing behind.</summary>
public class SetupScriptTests
{
    [Fact]
    public void A_build_leaves_none_of_its_processes_and_ends_nobody_elses()
    {
        using TemporaryTree tree = new();
        using Process bystander = Process.Start("sleep", "60");
        string output = Run(
            $"""
            log_dir={tree.Root}
            build servers bash -c 'setsid sleep 60 & echo $! >{tree.Root}/server'
            grep -s '^State:.[^Z]' "/proc/$(cat {tree.Root}/server)/status" && echo stayed
            kill -0 {bystander.Id} && echo bystander lives
            """);
        bystander.Kill();

        Assert.Equal("bystander lives", output.Trim());
    }

    [Fact]
    public void A_build_sees_of_the_environment_only_what_leads_to_files_and_networks()
    {
        string[] seen = Run("clean env", ("Platform", "x86"), ("OutputPath", "/elsewhere"), ("SYSROOT", "/elsewhere"), ("CFLAGS", "-nonsense"),
            ("MSBUILDDISABLENODEREUSE", ""), ("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"), ("https_proxy", "http://proxy.example:1"), ("NUGET_PACKAGES", "/packages"))
            .Split('\n');

        Assert.DoesNotContain(seen, line => line.Contains("elsewhere") || line.Contains("nonsense") || line.Contains("de_DE") || line.StartsWith("Platform", StringComparison.Ordinal));
        Assert.All(["MSBUILDDISABLENODEREUSE=1", "UseSharedCompilation=false", "LC_ALL=C.UTF-8", "https_proxy=http://proxy.example:1", "NUGET_PACKAGES=/packages"], line => Assert.Contains(line, seen));
    }

    [Fact]
    public void A_failed_build_says_so_though_its_log_names_no_error()
    {
        using TemporaryTree tree = new();
        string output = Run($"log_dir={tree.Root}; (build broken bash -c 'echo it is broken; exit 3') 2>&1 || echo status $?");

        Assert.Contains("it is broken", output);
        Assert.Contains("building broken failed", output);
        Assert.EndsWith("status 2", output.Trim());
    }

    [Fact]
    public void Closed_streams_are_opened_before_files_take_their_place() =>
        // Looked at one by one and without a pipe or a folder, which would take the place of a closed one.
        Assert.Equal("0 1 2 ", Run("for fd in 0 1 2; do [ ! -e /proc/$$/fd/$fd ] || printf '%s ' $fd >&3; done", closeStreams: true));

    [Fact]
    public void A_suite_that_hangs_names_the_tests_that_had_begun()
    {
        using TemporaryTree tree = new();
        string log = Path.Combine(tree.Root, "log");
        File.WriteAllText(log, "  Ends [STARTING]\n  Hangs(a: 1) [STARTING]\n  Ends [FINISHED] Time: 1s\n  Fails [STARTING]\n  Fails [FAIL]\n  Fails [FINISHED] Time: 1s\n");
        Assert.Equal("  Hangs(a: 1)\n", Run($"eval \"$(sed -n '/^unfinished()/,/^}}/p' test)\"; unfinished {log}"));
    }

    [Fact]
    public void What_failed_is_told_again_with_the_first_lines_of_its_message()
    {
        using TemporaryTree tree = new();
        string log = Path.Combine(tree.Root, "log");
        string[] message = [.. Enumerable.Range(0, 20).Select(line => $"      line {line}")];
        File.WriteAllLines(log, ["  Passes [STARTING]", "    Fails(a: 1) [FAIL]", .. message, "  Passes [FINISHED] Time: 1s", "      output of another", "    Fails too [FAIL]", "      why", ""]);
        Assert.Equal(
            ["    Fails(a: 1) [FAIL]", .. message[..15], "    Fails too [FAIL]", "      why", "", ""],
            Run($"eval \"$(sed -n '/^failures()/,/^}}/p' test)\"; failures {log}").Split('\n'));
    }

    private static string Run(string script, params (string Name, string Value)[] environment) => Run(script, closeStreams: false, environment);

    private static string Run(string script, bool closeStreams, params (string Name, string Value)[] environment)
    {
        string begin = $"set -euo pipefail; cd '{Repository()}'; . .ci/setup.sh\n";
        ProcessStartInfo start = new("bash", closeStreams
            ? ["-c", "exec 3>&1; exec bash -c \"$1\" <&- >&- 2>&-", "bash", begin + script]
            : ["-c", begin + script])
        { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string Repository()
    {
        try
        {
            return Path.GetDirectoryName(Path.GetDirectoryName(RepositoryFiles.Find(".ci/setup.sh")))!;
        }
        catch (GuestSetupException)
        {
            Assert.Skip("The repository is not here: only the compiled tests are.");
            throw;
        }
    }
}
