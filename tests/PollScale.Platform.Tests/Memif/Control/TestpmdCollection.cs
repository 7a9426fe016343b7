using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>One after the other: each has an lcore that takes a CPU whole.</summary>
[CollectionDefinition(nameof(TestpmdTests), DisableParallelization = true)]
public sealed class TestpmdCollection;
