using Xunit;

namespace PollScale.Tests.QueueScaler.Modes;

/// <summary>Alone: an lcore of testpmd and one of the forwarder take a CPU each.</summary>
[CollectionDefinition(nameof(ForwardMemifTests), DisableParallelization = true)]
public sealed class ForwardMemifCollection;
