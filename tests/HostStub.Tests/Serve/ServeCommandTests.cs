using System.Text.Json;
using PollScale.GuestChannel;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Serve;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

public sealed class ServeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serve").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Options_arrive()
    {
        (int code, string error, ServeOptions? options) = Invoke("--channel", "vm0:1:connect:/run/a:b", "--channel", "vm1:0:LISTEN:/run/c", "--allow-queries", "--budget", "7/3", "--deny", "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal([new ChannelSpec("vm0", 1, EndpointKind.Connect, "/run/a:b"), new ChannelSpec("vm1", 0, EndpointKind.Listen, "/run/c")], options!.Channels);
        Assert.Equal((7, 3, false, true, true), (options.Guest.CallsPerSecond, options.Guest.Burst, options.Guest.Control, options.Guest.Queries, options.Json));
    }

    [Theory]
    [InlineData("Say what to serve: --policy FILE")]
    [InlineData("--policy and --channel exclude each other", "--channel", "vm0:0:connect:/a", "--policy", "/nonexistent")]
    [InlineData("--budget and --policy exclude each other", "--policy", "/nonexistent", "--budget", "7")]
    [InlineData("--deny and --policy exclude each other", "--policy", "/nonexistent", "--deny")]
    [InlineData("--allow-queries and --policy exclude each other", "--policy", "/nonexistent", "--allow-queries")]
    [InlineData("--audit needs --policy FILE", "--channel", "vm0:0:connect:/a", "--audit", "/tmp/a")]
    [InlineData("--frequency needs --policy FILE", "--channel", "vm0:0:connect:/a", "--frequency", "cpufreq")]
    [InlineData("--frequency takes one of simulated, cpufreq, auto, not 'x'", "--policy", "/nonexistent", "--frequency", "x")]
    [InlineData("--cpufreq-root needs --frequency cpufreq or auto", "--policy", "/nonexistent", "--cpufreq-root", "/x")]
    [InlineData("--pstates describes simulated cores", "--policy", "/nonexistent", "--frequency", "cpufreq", "--pstates", "/x")]
    [InlineData("/nonexistent: cannot be read", "--policy", "/nonexistent")]
    [InlineData("--channel takes NAME:VCPU:KIND:PATH", "--channel", "vm0")]
    [InlineData("--channel takes NAME:VCPU:KIND:PATH", "--channel", "vm0:0:connect:")]
    [InlineData("--channel takes a guest's name", "--channel", ":0:connect:/a")]
    [InlineData("--channel takes a vCPU", "--channel", "vm0:-1:connect:/a")]
    [InlineData("--channel takes a vCPU", "--channel", "vm0:x:connect:/a")]
    [InlineData("--channel takes connect, listen, device or pty", "--channel", "vm0:0:tcp:/a")]
    [InlineData("--channel takes connect, listen, device or pty", "--channel", "vm0:0:0:/a")]
    [InlineData("--budget takes calls a second", "--channel", "vm0:0:connect:/a", "--budget", "x")]
    [InlineData("/nonexistent: cannot be read", "--channel", "vm0:0:connect:/a", "--pstates", "/nonexistent")]
    public void A_wrong_option_is_named_with_its_remedy(string message, params string[] arguments)
    {
        (int code, string error, ServeOptions? options) = Invoke(arguments);

        Assert.Equal((1, null), (code, options));
        Assert.StartsWith($"hoststub: {message}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void It_serves_reloads_and_ends_cleanly()
    {
        string path = Path.Combine(_folder, "poweragent.0");
        using ServeProcess serve = new("--channel", $"vm0:0:listen:{path}", "--allow-queries");
        using (StreamDescriptor guest = ChannelLab.Connect(path))
        {
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Contains("SIGHUP", serve.Reload(), StringComparison.Ordinal);
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Max)));
        }

        JsonElement channel = serve.End();
        Assert.Equal((2, 1), (channel.GetProperty("acks").GetInt32(), channel.GetProperty("connects").GetInt32()));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_channel_that_cannot_be_made_ends_it_with_status_2()
    {
        StringWriter error = new();
        using Interrupt interrupt = new();
        ServeLauncher launcher = new(TextWriter.Null, error, null, interrupt, _ => null);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, TextWriter.Null, error)
            .Invoke(["serve", "--channel", $"vm0:0:listen:{_folder}/no/folder"]);

        Assert.Equal((int)ExitCode.Environment, code);
        Assert.StartsWith("hoststub: The channel listen:", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_for_people_name_channels_and_problems()
    {
        StringWriter output = new();
        using Interrupt interrupt = new();
        interrupt.Raise();
        ServeLauncher launcher = new(output, TextWriter.Null, null, interrupt, _ => null);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, output, TextWriter.Null)
            .Invoke(["serve", "--channel", $"vm[0]:0:connect:{_folder}/missing"]);

        Assert.Equal(0, code);
        Assert.Contains("vm[0]", output.ToString(), StringComparison.Ordinal);
    }

    private static (int Code, string Error, ServeOptions? Options) Invoke(params string[] arguments)
    {
        StringWriter error = new();
        ServeOptions? options = null;
        int code = new HostStubCommand(
            _ => ExitCode.Internal,
            _ => ExitCode.Internal,
            _ => ExitCode.Internal,
            o =>
            {
                options = o;
                return ExitCode.Ok;
            },
            _ => ExitCode.Internal,
            TextWriter.Null,
            error).Invoke(["serve", .. arguments]);
        return (code, error.ToString(), options);
    }
}
