using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>What others do to a serving daemon: delete its sockets, take its descriptors, hang its files, leave its output unread.</summary>
public sealed class ServeFaultsTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("listen")]
    [InlineData("pty")]
    public void A_path_that_is_deleted_is_told_and_made_anew_and_the_peer_stays(string kind)
    {
        string path = At("made/a");
        Directory.CreateDirectory(At("made"));
        using ServeProcess serve = new("--channel", $"a:0:{kind}:{path}");
        using StreamDescriptor guest = Open(kind, path);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));

        Directory.Delete(At("made"), recursive: true);
        serve.Notice("is gone");
        Directory.CreateDirectory(At("made"));
        ChannelLab.Until(() => new FileInfo(path).Exists || new FileInfo(path).LinkTarget is not null, "the path is not made anew");

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        guest.Dispose();
        using StreamDescriptor next = Open(kind, path);
        ChannelLab.Until(() => ChannelLab.Ask(next, ChannelLab.Scale(ScaleUnit.Down)) == ReplyCommand.Ack, "the new path leads nowhere");
        serve.End();
        Assert.False(new FileInfo(path).Exists);
    }

    [Fact]
    public void A_path_that_another_program_took_is_told_and_left_to_it()
    {
        using ServeProcess serve = new("--channel", $"a:0:listen:{At("a")}");
        File.Delete(At("a"));
        using StreamDescriptor other = UnixSocket.Listen(At("a"));
        serve.Notice("another program's");
        serve.End();
        Assert.True(new FileInfo(At("a")).Exists);
    }

    [Fact]
    public void Two_daemons_on_one_socket_of_QEMUs_are_told_of_each_other()
    {
        using StreamDescriptor qemu = UnixSocket.Listen(At("qemu"));
        using ServeProcess first = new("--channel", $"a:0:connect:{At("qemu")}");
        Assert.True(qemu.WaitReadable(10_000));
        using StreamDescriptor guest = UnixSocket.TryAccept(qemu)!; // and, as QEMU, no second one
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        using ServeProcess second = new("--channel", $"a:0:connect:{At("qemu")}");

        second.Notice("QEMU has not taken the connection: another program has this socket");
        first.Notice("another program is connected to this socket too");
        second.Signal(LibC.SIGTERM);
        first.Notice("vCPU 0 (connect:");
        first.End();
    }

    [Fact]
    public void A_pid_file_that_hangs_harms_only_its_guest()
    {
        _tree.Write("pid", $"{Environment.ProcessId}");
        string yaml = $"version: 1\nguests:\n{Guest("a", "control: true", 900)}{Guest("b", $"control: true, process: {At("pid")}", 901)}";
        using ServeProcess serve = new("--policy", _tree.Write("policy.yaml", yaml));
        using StreamDescriptor a = ChannelLab.Connect(At("a")), b = ChannelLab.Connect(At("b"));
        File.Delete(At("pid"));
        Assert.Equal(0, CCompiler.Run("mkfifo", [At("pid")]).Status);
        Thread.Sleep(3000);

        Assert.Equal((ReplyCommand.Ack, ReplyCommand.Nack), (ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)), ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Min))));
        b.Dispose();
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        serve.End();
    }

    [Fact]
    public void Too_few_descriptors_for_the_policy_are_an_error_of_the_machine_that_says_how_many()
    {
        using Process shell = Shell($"ulimit -n 210; exec \"$0\" serve {string.Join(' ', Enumerable.Range(0, 200).Select(i => $"--channel g{i}:0:listen:{At($"g{i}")}"))}");
        string error = shell.StandardError.ReadToEnd();
        Assert.True(shell.WaitForExit(30_000));
        Assert.Equal(2, shell.ExitCode);
        Assert.Matches("^hoststub: All channels and cores together need about \\d+ open files, and this process may have 210: set LimitNOFILE=", error);
    }

    [Fact]
    public void Output_that_nobody_reads_keeps_nothing_from_being_served_or_ended()
    {
        using Process shell = Shell($"exec \"$0\" serve --json {string.Join(' ', Enumerable.Range(0, 200).Select(i => $"--channel g{i}:0:listen:{At($"g{i}")}"))}");
        ChannelLab.Until(() => File.Exists(At("g199")), "hoststub does not listen");
        Thread.Sleep(3000); // 64 KiB of pipe are full after the first line
        using StreamDescriptor guest = ChannelLab.Connect(At("g7"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal(0, LibC.kill(shell.Id, LibC.SIGTERM));
        Assert.True(shell.WaitForExit(15_000), "SIGTERM does not end it");
        Assert.Equal(0, shell.ExitCode);
    }

    private string Guest(string name, string rights, int pCpu) => $"  - {{name: {name}, {rights}, vcpus: [{{vcpu: 0, pcpu: {pCpu}, channel: {{listen: \"{At(name)}\"}}}}]}}\n";

    private static Process Shell(string command) => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command, Path.Combine(AppContext.BaseDirectory, "hoststub")])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static StreamDescriptor Open(string kind, string path) => kind == "pty" ? StreamDescriptor.OpenDevice(path) : ChannelLab.Connect(path);

    private string At(string name) => Path.Combine(_tree.Root, name);
}
