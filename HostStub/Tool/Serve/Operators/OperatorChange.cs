using PollScale.HostStub.Operate.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>What an operator wants changed.</summary>
/// <param name="Request">What.</param>
/// <param name="Peer">Who.</param>
internal sealed record OperatorChange(ControlRequest Request, SocketPeer Peer)
{
    /// <summary>The same in words.</summary>
    public string Words => string.Join(", ", (string[])
    [
        .. Request.Reset ? (string[])["reset"] : [],
        .. Request.Fastest is string fastest ? (string[])[$"fastest {fastest}"] : [],
        .. Request.Slowest is string slowest ? (string[])[$"slowest {slowest}"] : [],
        .. Request.Deny ? (string[])["deny"] : [],
        .. Request.Withdraw ? (string[])["withdraw"] : [],
    ]);
}
