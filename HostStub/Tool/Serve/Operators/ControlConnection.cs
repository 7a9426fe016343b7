using PollScale.HostStub.Operate.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>One operator's connection: a request at a time, and the next is not read before its answer is taken. Its room is that of one line.</summary>
/// <param name="stream">The connection.</param>
/// <param name="peer">Who.</param>
internal sealed class ControlConnection(StreamDescriptor stream, SocketPeer peer) : IDisposable
{
    private readonly byte[] _line = new byte[ControlRequest.LongestLine];
    private int _filled;
    private byte[] _answer = [];
    private int _sent;

    /// <summary>The connection.</summary>
    public StreamDescriptor Stream => stream;

    /// <summary>Who.</summary>
    public SocketPeer Peer => peer;

    /// <summary>What it waits for.</summary>
    public ControlState State { get; set; }

    /// <summary>When it is closed, in ms; reading on begins then where it rests.</summary>
    public long Due { get; set; }

    /// <summary>It is closed when its answer is taken.</summary>
    public bool IsLast { get; set; }

    /// <summary>Reads what has come.</summary>
    /// <returns>False when it has ended.</returns>
    public bool Read()
    {
        int done = stream.Read(_line.AsSpan(_filled));
        _filled += Math.Max(done, 0);
        return done > 0 || done == -LibC.EAGAIN;
    }

    /// <summary>Takes a line out of what was read.</summary>
    /// <param name="take">Takes it, without its end.</param>
    /// <returns>False when it has not ended yet.</returns>
    public bool TryTake(Action<ReadOnlySpan<byte>> take)
    {
        int end = _line.AsSpan(0, _filled).IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        take(_line.AsSpan(0, end));
        _filled -= end + 1;
        _line.AsSpan(end + 1, _filled).CopyTo(_line);
        return true;
    }

    /// <summary>A line that does not end fills all room.</summary>
    public bool IsFull => _filled == _line.Length;

    /// <summary>A line has begun.</summary>
    public bool HasPart => _filled > 0;

    /// <summary>Has an answer sent, which others may be sent too.</summary>
    public void Send(byte[] answer) => (_answer, _sent) = (answer, 0);

    /// <summary>Writes as much of the answer as there is room for.</summary>
    /// <returns>True when all is written; null when nobody is there any more.</returns>
    public bool? Write()
    {
        while (_sent < _answer.Length)
        {
            int done = stream.Write(_answer.AsSpan(_sent));
            if (done <= 0)
            {
                return done == -LibC.EAGAIN ? false : null;
            }

            _sent += done;
        }

        _answer = [];
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
