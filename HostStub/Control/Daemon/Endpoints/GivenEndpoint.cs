using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>A stream that is already open; when it ends, it does not come back.</summary>
internal sealed class GivenEndpoint(StreamDescriptor stream) : IChannelEndpoint
{
    private StreamDescriptor? _stream = stream;

    public string Name => "given";

    public StreamDescriptor? Listener => null;

    public void Prepare()
    {
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        StreamDescriptor? given = _stream;
        _stream = null;
        problem = given is null ? "it has ended." : null;
        return given;
    }

    public void Dispose() => _stream?.Dispose();
}
