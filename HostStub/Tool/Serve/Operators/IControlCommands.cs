using PollScale.Native;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>Answers requests. Called by the control socket's thread, which must not wait.</summary>
internal interface IControlCommands
{
    /// <summary>Answers a request.</summary>
    /// <param name="line">The request: hostile, without its end.</param>
    /// <param name="peer">Who asks.</param>
    /// <param name="later">Takes the answer, from any thread, where none is returned.</param>
    /// <returns>The answer with its end, and whether the connection goes on; null where it comes later.</returns>
    (byte[] Answer, bool GoesOn)? Answer(ReadOnlySpan<byte> line, SocketPeer peer, Action<byte[]> later);

    /// <summary>The answer to what is no request, or to one who cannot be served.</summary>
    /// <param name="cause">Why.</param>
    byte[] Refusal(string cause);
}
