using PollScale.Memif.Control;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>Whatever slaves say, and however they go, the server goes on and keeps none of their descriptors.</summary>
[Collection(nameof(TestpmdTests))] // which runs alone: descriptors of the whole process are counted
public class HostileMessagesTests
{
    [DrawnProperty(300)]
    public void Any_messages_leave_the_server_as_it_was(byte honest, (byte Kind, byte At, byte Value, byte Descriptor)[] messages)
    {
        using LinkLab lab = new();
        using SlaveParts parts = new();
        using MemifSocket socket = MemifSocket.Listen(lab.Path);
        using MemifPort port = socket.Add(lab.Options("server", 8));
        int before = Descriptors();
        using (RawPeer peer = RawPeer.Slave(lab.Path))
        {
            parts.Say(peer, honest % 5);
            foreach ((byte kind, byte at, byte value, byte descriptor) in messages)
            {
                peer.Send(Message(parts, kind, at, value), descriptor switch
                {
                    < 160 => parts[kind % 5].Descriptor is >= 0 and int right ? [right] : [],
                    < 190 => [],
                    < 210 => [parts.Memory],
                    < 230 => [parts.Event.Fd],
                    _ => [parts.Memory, parts.Event.Fd, parts.Memory],
                });
            }
        }

        using (RawPeer later = RawPeer.Slave(lab.Path))
        {
            LinkLab.Await(() =>
            {
                port.Poll();
                return Descriptors() <= before + 2;
            }, () => $"descriptors: {before} before, {Descriptors()} now");
            parts.Say(later, 4);
            later.Send(parts.Connect);
            Assert.Equal(MessageType.Connected, ControlMessage.Type(later.Receive()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Links_that_come_and_go_leave_no_descriptor(bool isServer)
    {
        using LinkLab lab = new();
        int before = Descriptors();
        using (MemifSocket staying = isServer ? MemifSocket.Listen(lab.Path) : MemifSocket.Connect(lab.Path))
        using (MemifPort port = staying.Add(lab.Options("stays")))
        {
            int usual = 0;
            for (int i = 0; i < 20; i++)
            {
                using (MemifSocket going = isServer ? MemifSocket.Connect(lab.Path) : MemifSocket.Listen(lab.Path))
                using (MemifPort other = going.Add(lab.Options("goes")))
                {
                    lab.AwaitLinks(port, other);
                }

                LinkLab.Await(() => !port.Poll(), () => "the end of the link");
                usual = i == 0 ? Descriptors() : usual;
                LinkLab.Await(() => Descriptors() <= usual, () => $"descriptors: {usual} after the first link, {Descriptors()} after {i + 1}");
            }

            Assert.Equal(20, port.LinksMade);
        }

        LinkLab.Await(() => Descriptors() <= before, () => $"descriptors: {before} before, {Descriptors()} now");
    }

    [Fact]
    public void A_link_that_nobody_polls_is_let_go_when_the_peer_is()
    {
        using LinkLab lab = new();
        using MemifSocket socket = MemifSocket.Listen(lab.Path);
        using MemifPort port = socket.Add(lab.Options("server"));
        int before = Descriptors();
        for (int i = 1; i <= 10; i++)
        {
            using MemifSocket going = MemifSocket.Connect(lab.Path);
            using MemifPort other = going.Add(lab.Options("goes"));
            LinkLab.Await(() => port.LinksMade == i, () => $"link {i}");
        }

        LinkLab.Await(() => Descriptors() <= before, () => $"descriptors: {before} before, {Descriptors()} now");
        LinkLab.Await(() => Mappings() == 0, () => $"{Mappings()} mappings");
    }

    private static byte[] Message(SlaveParts parts, byte kind, byte at, byte value)
    {
        byte[] message = (kind % 10) switch
        {
            < 5 and int step => (byte[])parts[step].Message.Clone(),
            int type => ControlMessage.Make((MessageType)type),
        };
        if (at < ControlMessage.Size)
        {
            message[at] = value;
        }

        return at == byte.MaxValue ? message[..(value % (ControlMessage.Size + 1))] : message;
    }

    // The kinds that a link takes: the runtime opens files whenever it likes.
    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget is { } target
        && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal) || target.StartsWith("/memfd:pollscale", StringComparison.Ordinal)));

    private static int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("pollscale-memif", StringComparison.Ordinal));
}
