using PollScale.HostStub.Daemon;
using PollScale.HostStub.Serve.Operators;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Operators;

public sealed class OperatorSocketTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["control.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_for_its_user_and_the_group_and_goes_with_its_daemon()
    {
        using (OperatorSocket socket = new(Path, null))
        {
            FileFacts facts = FileFacts.At(Path)!.Value;
            Assert.Equal(0x1B0, facts.Mode & 0x1FF);
            Assert.Equal((FileFacts.At(_folder.Path)!.Value.Gid, socket.Group), (facts.Gid, facts.Gid));
            using StreamDescriptor client = UnixSocket.TryConnect(Path, out _)!, there = UnixSocket.TryAccept(socket.Listener)!;
            SocketPeer peer = UnixSocket.Peer(there)!;
            Assert.Equal((Environment.ProcessId, LibC.geteuid()), (peer.Process, peer.User));
            Assert.True(socket.Admits(peer));
            Assert.True(socket.Admits(new SocketPeer(1, 4711, 1, [socket.Group])));
            Assert.False(socket.Admits(new SocketPeer(1, 4711, socket.Group + 1, [socket.Group + 2])));
        }

        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void A_group_may_be_given()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root may give a file to any group.");
        using OperatorSocket socket = new(Path, 7);
        Assert.Equal(7u, FileFacts.At(Path)!.Value.Gid);
    }

    [Fact]
    public void What_a_killed_daemon_left_is_replaced_and_what_a_running_one_has_is_not()
    {
        UnixSocket.Listen(Path).Dispose(); // bound, and nobody behind it
        using (OperatorSocket first = new(Path, null))
        {
            Assert.Contains("another hoststub serve has it", Assert.Throws<ChannelException>(() => new OperatorSocket(Path, null)).Message, StringComparison.Ordinal);
            using StreamDescriptor? client = UnixSocket.TryConnect(Path, out int error);
            Assert.Equal(0, error);
        }

        new OperatorSocket(Path, null).Dispose();
    }

    [Fact]
    public void Another_programs_socket_or_file_stays()
    {
        using (UnixSocket.Listen(Path))
        {
            Assert.Throws<ChannelException>(() => new OperatorSocket(Path, null));
            using StreamDescriptor? client = UnixSocket.TryConnect(Path, out int error);
            Assert.Equal(0, error);
        }

        File.Delete(Path);
        File.WriteAllText(Path, "mine");
        Assert.Throws<ChannelException>(() => new OperatorSocket(Path, null));
        Assert.Equal("mine", File.ReadAllText(Path));
    }

    [Fact]
    public void A_folder_that_others_may_write_is_refused()
    {
        string shared = _folder["shared"];
        Directory.CreateDirectory(shared);
        Assert.Equal(0, LibC.chmod(shared, 0x1FF));

        ChannelException refused = Assert.Throws<ChannelException>(() => new OperatorSocket($"{shared}/control.sock", null));
        Assert.Contains("every user may write it", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(shared));
    }

    [Fact]
    public void A_path_that_is_too_long_or_whose_folder_is_missing_is_a_clear_error()
    {
        Assert.Contains("107 bytes", Assert.Throws<ChannelException>(() => new OperatorSocket(_folder[new string('x', 108)], null)).Message, StringComparison.Ordinal);
        Assert.Contains("--control off", Assert.Throws<ChannelException>(() => new OperatorSocket(_folder["no/control.sock"], null)).Message, StringComparison.Ordinal);
        using OperatorSocket made = new(_folder["yes/control.sock"], null, makesFolder: true);
        Assert.True(File.Exists(made.Path));
    }
}
