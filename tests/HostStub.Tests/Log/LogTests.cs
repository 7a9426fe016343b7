using Microsoft.Extensions.Logging;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Serve;
using PollScale.Programs;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Log;

public class LogTests
{
    [Fact]
    public void An_event_has_its_id_its_name_and_its_fields()
    {
        LogEvent told = Assert.Single(new HostLog().Of(log => DaemonLog.ChannelState(log, "vm{0}", 3, "listen:/run/a", "connected")));

        Assert.Equal((LogLevel.Information, 100, "ChannelState", "vm{0} vCPU 3 (listen:/run/a): connected"), (told.Level, told.Id, told.Name, told.Message));
        Assert.Equal(
            [("guest", "vm{0}"), ("vcpu", "3"), ("endpoint", "listen:/run/a"), ("state", "connected")],
            told.Fields.Select(field => (field.Key, field.Value)));
    }

    [Theory]
    [InlineData(LogLevel.Debug, 2)]
    [InlineData(LogLevel.Warning, 1)]
    [InlineData(LogLevel.Error, 0)]
    [InlineData(LogLevel.None, 0)]
    public void What_is_below_the_level_is_not_told(LogLevel level, int told) => Assert.Equal(told, new HostLog { Level = level }.Of(log =>
    {
        ServeLog.ReloadEnded(log);
        ServeLog.ReloadHangs(log, 10);
    }).Count);

    [Theory]
    [InlineData(false, "hoststub: a?[2J\nb\n")]
    [InlineData(true, "<3>hoststub: a?[2J\n<3>b\n")]
    public void Lines_carry_their_priority_to_the_journal_and_only_there(bool isJournal, string expected)
    {
        StringWriter output = new();
        new LogLines(output, isJournal).Write(new LogEvent(LogLevel.Error, 1, "Test", "a\u001b[2J\nb", new Dictionary<string, string>()));

        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void The_journal_is_known_by_device_and_inode()
    {
        using TemporaryTree tree = new();
        string path = tree.Write("stream", "");
        using FileStream stream = File.OpenRead(path);
        int fd = (int)stream.SafeFileHandle.DangerousGetHandle();
        string it = Stat(path), other = Stat(tree.Root);

        Assert.True(Journal.Takes(fd, _ => it));
        Assert.False(Journal.Takes(fd, _ => other));
        Assert.False(Journal.Takes(-1, _ => it));
        Assert.All((string?[])[null, "", ":", "1", $"{it}:1", $"-{it}"], text => Assert.False(Journal.Takes(fd, _ => text)));
    }

    [Theory]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("NONE", LogLevel.None)]
    public void The_command_line_sets_the_level_before_or_after_the_command(string text, LogLevel level)
    {
        foreach (string[] arguments in (string[][])[["--log-level", text, "doctor"], ["doctor", "--log-level", text]])
        {
            HostLog log = new();
            Assert.Equal(0, Invoke(log, arguments).Code);
            Assert.Equal(level, log.Level);
        }
    }

    [Theory]
    [InlineData("loud")]
    [InlineData("3")]
    [InlineData("")]
    public void A_level_that_does_not_exist_is_named(string text)
    {
        (int code, string error) = Invoke(new HostLog(), "doctor", "--log-level", text);

        Assert.Equal((1, $"hoststub: --log-level takes trace, debug, information, warning, error, critical or none, not '{text}'.\n"), (code, error));
    }

    private static (int Code, string Error) Invoke(HostLog log, params string[] arguments)
    {
        StringWriter error = new();
        int code = new HostStubCommand(_ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, TextWriter.Null, error, log).Invoke(arguments);
        return (code, error.ToString());
    }

    private static string Stat(string path)
    {
        using System.Diagnostics.Process stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%d:%i", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}
