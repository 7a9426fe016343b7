using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary>Alone: a generator and a forwarder take a CPU each.</summary>
[CollectionDefinition(nameof(PeerCollection), DisableParallelization = true)]
public sealed class PeerCollection;
