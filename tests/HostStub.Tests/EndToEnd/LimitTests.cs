using System.Diagnostics;
using System.Text.Json;
using PollScale.HostStub.Run;
using PollScale.Native;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>The program as its users start it where the machine lacks something: each ends with a text and a documented code, never as a defect.</summary>
public class LimitTests
{
    private static readonly string[] s_simulate = ["simulate", "--governor", "max", "--traffic", "sparse", "--seeds", "1", "--duration", "60ms", "--warmup", "10ms"];
    private static readonly string[] s_doctor = ["doctor", "--for", "serve"];
    private static readonly string[] s_help = ["--help"];

    public static TheoryData<string, string[]> Outputs => [.. from sink in (string[])["exec \"$0\" \"$@\" >&-", "exec \"$0\" \"$@\" >/dev/full", "\"$0\" \"$@\" | true; exit ${PIPESTATUS[0]}"]
        from command in (string[][])[s_simulate, [.. s_simulate, "--json"], s_doctor, [.. s_doctor, "--json"], s_help, Demo(), [.. Demo(), "--json"]]
        select new TheoryDataRow<string, string[]>(sink, command)];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Output_that_cannot_be_written_ends_with_its_own_code(string shell, string[] arguments)
    {
        SkipWithoutGuest(arguments);
        HostStubProcess.Result result = HostStubProcess.InShell(shell, arguments);
        Assert.Equal(((int)ExitCode.Output, 1), (result.ExitCode, result.Error.Split("standard output cannot be written").Length - 1));
        Assert.DoesNotContain("report it", result.Error, StringComparison.Ordinal);
    }

    // A goal that is missed has a code of its own, so that only a bench that never began is sure to end with this one.
    // The limit of a cgroup reaches the program as the limit of its heap, here set without one.
    [Fact]
    public void Too_little_memory_is_told_before_the_kernel_kills()
    {
        HostStubProcess.Result result = HostStubProcess.InShell("DOTNET_GCHeapHardLimit=0x1800000 exec \"$0\" \"$@\"", s_simulate);
        Assert.Equal((int)ExitCode.Environment, result.ExitCode);
        Assert.Contains("some 32 MiB of memory only", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bench_does_not_begin_without_output() => Output_that_cannot_be_written_ends_with_its_own_code("exec \"$0\" \"$@\" >&-", ["bench", "ring", "--rounds", "1"]);

    [Fact]
    public void Without_any_stream_it_still_ends_by_itself() =>
        Assert.Equal((int)ExitCode.Output, HostStubProcess.InShell("exec \"$0\" \"$@\" >&- 2>&-", s_simulate).ExitCode);

    [Fact]
    public void Too_few_files_are_named()
    {
        HostStubProcess.Result result = HostStubProcess.InShell("ulimit -n 100; exec \"$0\" \"$@\"", s_simulate);
        Assert.Equal((int)ExitCode.Environment, result.ExitCode);
        Assert.Contains("ulimit -n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LibC.SIGINT, 130)]
    [InlineData(LibC.SIGTERM, 143)]
    [InlineData(LibC.SIGHUP, 129)]
    [InlineData(LibC.SIGQUIT, 131)]
    public void Each_signal_ends_a_run_with_its_summary_and_code(int signal, int code)
    {
        using Process demo = HostStubProcess.StartDemo(needsKvm: false, "--no-vm", "--traffic", "constant:rate=1kpps", "--duration", "50s", "--json");
        Assert.NotNull(demo.StandardOutput.ReadLine());
        Assert.Equal(0, LibC.kill(demo.Id, signal));
        HostStubProcess.Result result = HostStubProcess.Finish(demo);
        Assert.Equal(code, result.ExitCode);
        Assert.Equal(code, result.Summary.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public void Two_guests_on_one_cpu_are_told_of()
    {
        string[] arguments = ["--no-vm", "--traffic", "constant:rate=1kpps", "--json", "--duration"];
        using Process first = HostStubProcess.StartDemo(needsKvm: false, [.. arguments, "50s"]);
        string header = first.StandardOutput.ReadLine()!;
        int cpu = JsonDocument.Parse(header).RootElement.GetProperty("cpu").GetInt32();
        using Process second = HostStubProcess.StartDemo(needsKvm: false, [.. arguments, "50s", "--cpu", $"{cpu}"]);
        try
        {
            // Two polling threads of one priority may hold each other up for ever: the notice comes before the second begins.
            string notice = "";
            while (!notice.Contains("another guest polls", StringComparison.Ordinal) && second.StandardError.ReadLine() is string line)
            {
                notice = line;
            }

            Assert.Contains($"another guest polls on CPU {cpu} already", notice, StringComparison.Ordinal);
        }
        finally
        {
            second.Kill();
            first.Kill();
        }
    }

    private static string[] Demo() => ["demo", "--no-vm", "--guest", GuestImage.Default(), "--traffic", "constant:rate=1kpps", "--duration", "20s"];

    private static void SkipWithoutGuest(string[] arguments) =>
        Assert.SkipWhen(arguments[0] == "demo" && !File.Exists(GuestImage.Default()), "There is no guest: run ./test, which publishes it.");
}
