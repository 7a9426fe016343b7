using System.Text.Json;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Kit;

/// <summary>With --json whatever a command comes to is a summary on standard output, and a sentence on standard error as ever.</summary>
public class FailureLineTests
{
    [Theory]
    [InlineData("hoststub: --ring takes a power of two", "run", "guest.elf", "--json", "--ring", "3")]
    [InlineData("hoststub: Unrecognized command or argument '--wrong'", "serve", "--json", "--wrong")]
    [InlineData("hoststub: --interval", "serve", "--json", "--channel", "a:0:listen:/tmp/x", "--interval", "5ms")]
    [InlineData("hoststub: --for takes run, serve or guest", "doctor", "--json", "--for", "all")]
    [InlineData("hoststub: --qemu needs --this-host", "bench", "paths", "--json", "--qemu", "x")]
    [InlineData("hoststub: --rounds takes a whole number", "bench", "ring", "--json", "--rounds", "0")]
    [InlineData("hoststub: ", "simulate", "--json", "--governor", "nobody")]
    public void A_wrong_command_line_is_one_summary(string message, params string[] arguments)
    {
        (int code, string output, string error) = Invoke(ExitCode.Ok, null, arguments);
        JsonElement line = Single(output);

        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.Equal((1, "summary", "failed", 1), (code, Text(line, "type"), Text(line, "status"), line.GetProperty("exit_code").GetInt32()));
        Assert.Equal(error.Split('\n')[0], $"hoststub: {Text(line, "cause").Split('\n')[0]}");
    }

    [Fact]
    public void What_the_machine_lacks_and_defects_are_summaries_too()
    {
        (int machine, string lacks, _) = Invoke(ExitCode.Ok, new GuestSetupException("No room."), "doctor", "--json");
        (int defect, string broke, string error) = Invoke(ExitCode.Ok, new InvalidOperationException("oops"), "doctor", "--json");

        Assert.Equal((2, "No room.", 2), (machine, Text(Single(lacks), "cause"), Single(lacks).GetProperty("exit_code").GetInt32()));
        Assert.Equal((70, "A defect of hoststub: oops"), (defect, Text(Single(broke), "cause")));
        Assert.Contains("please report it", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_whose_report_has_its_summary_gets_no_second_one()
    {
        InvalidOperationException failure = new("oops");
        ReportedFailure.Set(failure);

        Assert.Equal("", Invoke(ExitCode.Ok, failure, "doctor", "--json").Output);
    }

    [Theory]
    [InlineData("doctor", "--for", "all")]
    [InlineData("run", "guest.elf", "--ring", "3", "--", "--json")]
    public void Without_the_option_standard_output_stays_empty(params string[] arguments) => Assert.Equal("", Invoke(ExitCode.Ok, null, arguments).Output);

    private static JsonElement Single(string output) => JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static (int Code, string Output, string Error) Invoke(ExitCode code, Exception? failure, params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int result = new HostStubCommand(
            _ => code, _ => code, _ => code, _ => code, _ => failure is null ? code : throw failure, output, error).Invoke(arguments);
        return (result, output.ToString(), error.ToString());
    }
}
