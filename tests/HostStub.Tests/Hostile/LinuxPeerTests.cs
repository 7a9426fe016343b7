using PollScale.HostStub.Machine;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>Programs that print what their system calls answer: this machine's kernel and the micro-VM must say the same.</summary>
[Collection(KvmLab.Collection)]
public class LinuxPeerTests(KvmLab lab)
{
    private static readonly (string Guest, string[] Cases)[] s_guests =
    [
        ("files", ["paths", "descriptors", "waiting", "identity"]),
        ("timers", ["interval", "posix", "waits"]),
        ("spawn", ["nothing", "tables", "shared", "signal"]),
        ("kernel_writes", ["read-only", "none", "operations", "ends", "robust", "race"]),
    ];

    public static IEnumerable<TheoryDataRow<string, string, string>> Cases =>
        from compiler in (string[])["gcc", "musl-gcc"]
        from guest in s_guests
        from name in guest.Cases
        select new TheoryDataRow<string, string, string>(compiler, guest.Guest, name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Linux_and_the_micro_VM_answer_alike(string compiler, string guest, string name)
    {
        lab.SkipUnlessUsable();
        string image = GuestBuilder.Build(guest, compiler);
        (int status, string output, _) = CCompiler.Run(image, [name]);
        GuestOutcome outcome = lab.Run(image, name);
        Assert.True(outcome.End == GuestEnd.Exited, $"{outcome.Cause}\n{outcome.Output}\n{outcome.Report}");
        Assert.Equal(output, outcome.Output);
        Assert.Equal(status, outcome.ExitCode);
    }

    [Fact]
    public void A_write_to_a_pipe_that_nobody_reads_kills()
    {
        lab.SkipUnlessUsable();
        GuestOutcome outcome = lab.Run("files", "sigpipe");
        Assert.Equal(GuestEnd.Failed, outcome.End);
        Assert.Contains("SIGPIPE, of a write to a pipe that nobody reads", outcome.Cause);
        Assert.Contains("write (1) = -32", outcome.Report);
    }

    [Theory]
    [InlineData("standard.rs", 7, "standard library: fine")]
    [InlineData("runtime.go", 9, "runtime: fine")]
    public void Programs_of_other_languages_run(string source, int status, string lastLine)
    {
        lab.SkipUnlessUsable();
        GuestOutcome outcome = lab.Run(GuestBuilder.BuildForeign(source));
        Assert.True(outcome.End == GuestEnd.Exited && outcome.ExitCode == status, $"{outcome.Cause}\n{outcome.Output}\n{outcome.Report}");
        Assert.EndsWith(lastLine + "\n", outcome.Output);
    }
}
