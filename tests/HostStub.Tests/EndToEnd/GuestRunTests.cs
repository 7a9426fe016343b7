using PollScale.HostStub.Tests.Hostile;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>`hoststub run` with small programs, as a user starts it.</summary>
[Collection(KvmLab.Collection)]
public class GuestRunTests(KvmLab lab)
{
    [Fact]
    public void The_environment_is_what_the_options_say_beside_the_usual()
    {
        string[] lines = Environment("--env", "GREETING=hello world", "--env", "EMPTY=", "--env", "DOTNET_gcConcurrent=1", "--env", "A=b=c");
        Assert.Equal(
            ["DOTNET_GCHeapHardLimit=8000000", "DOTNET_GCgen0size=2000000", "DOTNET_TieredCompilation=0", "GREETING=hello world", "EMPTY=", "DOTNET_gcConcurrent=1", "A=b=c"],
            lines);
    }

    [Fact]
    public void A_plain_process_has_the_variables_too()
    {
        string[] lines = Environment("--no-vm", "--env", "GREETING=hello", "--env", "PATH=/nowhere");
        Assert.Contains("GREETING=hello", lines);
        Assert.Equal(["PATH=/nowhere"], lines.Where(line => line.StartsWith("PATH=", StringComparison.Ordinal)));
    }

    [Fact]
    public void Calls_that_nobody_answers_are_named_in_every_report()
    {
        lab.SkipUnlessUsable();
        string image = GuestBuilder.Build("files");
        HostStubProcess.Result json = HostStubProcess.RunImage(image, "--json", "--", "unanswered");
        Assert.Equal(2, json.Count("unanswered_system_calls", "io_uring_setup (425)"));
        Assert.Equal(1, json.Count("unanswered_system_calls", "number 460"));
        Assert.Contains("io_uring_setup (425) is not answered: 2x ENOSYS", HostStubProcess.RunImage(image, "--", "unanswered").Output);
        HostStubProcess.Result failed = HostStubProcess.RunImage(image, "--", "unanswered-abort");
        Assert.Equal(3, failed.ExitCode);
        Assert.Contains("not answered: io_uring_setup (425) 2x, number 460 1x", failed.Error);
        Assert.Contains(": io_uring_setup (425) = -38", failed.Error);
    }

    private string[] Environment(params string[] options)
    {
        lab.SkipUnlessUsable(needsKvm: !options.Contains("--no-vm"));
        HostStubProcess.Result result = HostStubProcess.RunImage(GuestBuilder.Build("files"), [.. options, "--json", "--", "environment"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. result.Error.Split('\n').Where(line => line.StartsWith("guest: ", StringComparison.Ordinal)).Select(line => line["guest: ".Length..])];
    }
}
