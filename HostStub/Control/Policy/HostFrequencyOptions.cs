using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy;

/// <summary>What a <see cref="HostFrequency"/> needs of the host.</summary>
internal sealed record HostFrequencyOptions
{
    /// <summary>
    /// Opens the backend of a pCPU; it is disposed when no policy names the pCPU any more. What it throws is reported with the place
    /// in the policy that named the pCPU.
    /// </summary>
    public required Func<int, IFrequencyBackend> Open { get; init; }

    /// <summary>
    /// Opens a pCPU that is only looked at, for nothing on its core has control or a rest: so that what governs it goes on. Null, the default,
    /// opens it as any other.
    /// </summary>
    public Func<int, IFrequencyBackend>? View { get; init; }

    /// <summary>TSC ticks a second.</summary>
    public required double TscHz { get; init; }

    /// <summary>The SMT siblings of a pCPU, itself among them; the default knows none.</summary>
    public Func<int, IReadOnlyList<int>> SiblingsOf { get; init; } = pCpu => [pCpu];

    /// <summary>Whether a vCPU (process, vCPU, pCPU) is pinned to just that pCPU; asked off the vCPU's thread, about once a second.</summary>
    public Func<string, int, int, bool> IsPinned { get; init; } = (_, _, _) => true;

    /// <summary>Records decisions; null for no record.</summary>
    public IDecisionAudit? Audit { get; init; }

    /// <summary>
    /// True where each core has a thread that calls <see cref="HostFrequency.TickCore"/>, as in a daemon: then no call here waits for what a core's
    /// backend or a guest's files do for longer than a stated time, and backends and files are opened, looked at and closed on threads of their own.
    /// </summary>
    public bool ByCore { get; init; }

    /// <summary>Told what the operator should know (<see cref="PolicyEvents"/>), on any thread.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Cancelled when the end begins: no further pCPU is opened.</summary>
    public CancellationToken Ending { get; init; }
}
