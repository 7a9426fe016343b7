using PollScale.Lab.Machine;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(LongestFirst))]

namespace PollScale.Lab.Machine;

/// <summary>Starts the machine that takes longest first, beside the others.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(c => c.TestCollectionDisplayName == HostileMachine.Collection).ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];
}
