using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>One after the other: each has lcores that take a CPU whole.</summary>
[CollectionDefinition(nameof(TestpmdTests), DisableParallelization = true)]
public sealed class TestpmdCollection;
