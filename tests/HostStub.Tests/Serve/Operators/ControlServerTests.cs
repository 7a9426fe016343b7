using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Serve.Operators;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Operators;

/// <summary>What hostile clients can take of a daemon.</summary>
public sealed class ControlServerTests : IDisposable
{
    private const int LongAnswer = 8 << 20; // more than any socket's buffer
    private readonly TemporaryFolder _folder = new();
    private readonly OperatorSocket _socket;
    private readonly ControlServer _server;
    private readonly Commands _commands = new();
    private Exception? _failure;

    public ControlServerTests()
    {
        _socket = new OperatorSocket(_folder["control.sock"], null);
        _server = new ControlServer(_socket, _commands, NullLogger.Instance, e => _failure = e);
        _server.Start();
    }

    public void Dispose()
    {
        Stopwatch time = Stopwatch.StartNew();
        Assert.True(_server.Stop(TimeSpan.FromSeconds(30)));
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"{time.Elapsed}"); // whatever clients are connected
        _server.Dispose();
        _socket.Dispose();
        _folder.Dispose();
        Assert.Null(_failure);
    }

    [Fact]
    public void Requests_of_one_connection_are_answered_one_after_the_other()
    {
        using Client client = new(_socket.Path);
        client.Send("a\nb\n");
        Assert.Equal(["echo a", "echo b"], [client.Line(), client.Line()]);
        client.Send("late\n");
        Assert.Equal("echo late", client.Line());
        client.Send("last\n");
        Assert.Equal(("echo last", null), (client.Line(), client.Line()));
    }

    [Fact]
    public void A_line_in_pieces_is_one_line_and_one_that_does_not_end_is_refused()
    {
        using Client client = new(_socket.Path);
        client.Send("hal");
        using Client other = new(_socket.Path);
        other.Send("x\n");
        Assert.Equal("echo x", other.Line()); // nobody waits for the half line
        client.Send("f\n");
        Assert.Equal("echo half", client.Line());
        client.Send(new string('z', ControlRequest.LongestLine + 1));
        Assert.Contains("4096 bytes", client.Line(), StringComparison.Ordinal);
        Assert.Null(client.Line());
    }

    [Fact]
    public void A_client_that_reads_nothing_holds_up_nobody()
    {
        using Client deaf = new(_socket.Path);
        deaf.Send("long\nlong\nlong\n");
        for (int i = 0; i < 5; i++)
        {
            using Client other = new(_socket.Path);
            other.Send("x\n");
            Assert.Equal("echo x", other.Line());
        }

        Assert.Equal(1, _commands.Longs); // the next request is not read before the answer is
    }

    [Fact]
    public void Thousands_that_connect_do_not_keep_one_out_who_asks()
    {
        List<StreamDescriptor> crowd = [];
        for (int i = 0; i < 2000; i++)
        {
            StreamDescriptor? one = UnixSocket.TryConnect(_socket.Path, out int error);
            if (one is null)
            {
                Assert.Equal(LibC.EAGAIN, error); // so many wait, and no more
                Thread.Sleep(1);
                continue;
            }

            crowd.Add(one);
        }

        crowd.ForEach(one => one.Dispose());
        string? told = null;
        for (int tries = 0; tries < 100 && told != "echo x"; tries++)
        {
            Thread.Sleep(20);
            using Client client = new(_socket.Path);
            client.Send("x\n");
            told = client.Line();
        }

        Assert.Equal("echo x", told);
    }

    [Fact]
    public void A_user_has_so_many_connections_and_is_told_at_the_next()
    {
        List<Client> open = [.. Enumerable.Range(0, ControlServer.MostOfUser).Select(_ => new Client(_socket.Path))];
        open.ForEach(client => client.Send("x\n"));
        Assert.All(open, client => Assert.Equal("echo x", client.Line()));
        using (Client more = new(_socket.Path))
        {
            Assert.StartsWith("refused Too many", more.Line(), StringComparison.Ordinal);
            Assert.Null(more.Line());
        }

        open[0].Dispose();
        Assert.True(SpinWait.SpinUntil(() =>
        {
            using Client again = new(_socket.Path);
            again.Send("x\n");
            return again.Line() == "echo x";
        }, TimeSpan.FromSeconds(30)));
        open.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Requests_of_one_connection_come_at_most_so_often()
    {
        using Client client = new(_socket.Path);
        Stopwatch time = Stopwatch.StartNew();
        for (int i = 0; i < 20; i++)
        {
            client.Send("x\n");
            client.Line();
        }

        Assert.True(time.ElapsedMilliseconds >= 19 * 20, $"{time.Elapsed}");
    }

    private sealed class Commands : IControlCommands
    {
        public int Longs;

        public (byte[] Answer, bool GoesOn)? Answer(ReadOnlySpan<byte> line, SocketPeer peer, Action<byte[]> later)
        {
            string text = Encoding.UTF8.GetString(line);
            byte[] answer = Encoding.UTF8.GetBytes($"echo {text}\n");
            switch (text)
            {
                case "late":
                    new Thread(() => later(answer)).Start();
                    return null;
                case "long":
                    Interlocked.Increment(ref Longs);
                    return (new byte[LongAnswer], true);
                default:
                    return (answer, text != "last");
            }
        }

        public byte[] Refusal(string cause) => Encoding.UTF8.GetBytes($"refused {cause}\n");
    }

    private sealed class Client : IDisposable
    {
        private const int PatienceMs = 30_000;
        private readonly StreamDescriptor _stream;
        private readonly List<byte> _rest = [];

        public Client(string path)
        {
            int error = 0;
            StreamDescriptor? stream = null;
            Assert.True(SpinWait.SpinUntil(() => (stream = UnixSocket.TryConnect(path, out error)) is not null, PatienceMs), $"{error}");
            _stream = stream!;
        }

        public void Send(string text) => _stream.Write(Encoding.UTF8.GetBytes(text));

        /// <summary>The next line; null at the end.</summary>
        public string? Line()
        {
            byte[] buffer = new byte[4096];
            while (!_rest.Contains((byte)'\n'))
            {
                Assert.True(_stream.WaitReadable(PatienceMs), "no answer");
                int done = _stream.Read(buffer);
                if (done <= 0)
                {
                    return null; // ended, or reset for what it sent in vain
                }

                _rest.AddRange(buffer.AsSpan(0, done));
            }

            int end = _rest.IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString([.. _rest.Take(end)]);
            _rest.RemoveRange(0, end + 1);
            return line;
        }

        public void Dispose() => _stream.Dispose();
    }
}
