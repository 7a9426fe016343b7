using PollScale.HostStub.Audit;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy.Status;
using PollScale.HostStub.Serve.Operators;

namespace PollScale.HostStub.Serve;

/// <summary>What serve serves: channels, and the services behind them.</summary>
internal interface IServePlan
{
    /// <summary>The channels at the start.</summary>
    IReadOnlyList<ChannelBinding> Bindings { get; }

    /// <summary>The guests' regions at the start.</summary>
    IReadOnlyList<RegionBinding> Regions { get; }

    /// <summary>The guests' debug ports at the start.</summary>
    IReadOnlyList<AcpiBinding> Ports { get; }

    /// <summary>The vCPUs at the start whose hypercalls the kernel module answers.</summary>
    /// <param name="processOf">The process that has a guest's region; null for none.</param>
    IReadOnlyList<ModuleBinding> Granted(Func<string, int?> processOf);

    /// <summary>The shards to serve them by, and what they tick.</summary>
    ChannelServerOptions Serving { get; }

    /// <summary>How each vCPU stands. From any thread; waits for nothing.</summary>
    IReadOnlyList<VcpuStatus> Status();

    /// <summary>The policy file; null where there is none.</summary>
    string? Policy { get; }

    /// <summary>What is not well beside the vCPUs, a sentence each. From any thread; waits for nothing.</summary>
    IReadOnlyList<string> Troubles { get; }

    /// <summary>What became of decisions in the audit log; null where there is none. From any thread.</summary>
    AuditCounts? Audit { get; }

    /// <summary>True while a core of a shard waits for its backend: its thread need not be heard of meanwhile.</summary>
    bool IsAtWork(int shard);

    /// <summary>Reads the configuration again, and puts it in force. May take as long as files do.</summary>
    /// <param name="servers">The running servers.</param>
    ReloadOutcome Reload(Servers servers);

    /// <summary>Holds vCPUs to what an operator says, until the next reload. May take as long as files do; not at once with <see cref="Reload"/>.</summary>
    /// <param name="change">What.</param>
    /// <param name="servers">The running servers.</param>
    OperatorOutcome Set(OperatorChange change, Servers servers);

    /// <summary>What time brings beside what shards tick: pCPUs that could not be used are tried again. About once a second, off the main thread.</summary>
    void Keep(Servers servers);

    /// <summary>Looks at what guests' users own: whether vCPUs are pinned. About once a second, off the main thread.</summary>
    void CheckGuests();

    /// <summary>Ends the services, restores what they changed, and waits for it for a stated time.</summary>
    /// <returns>Names of the cores that could not be restored in time.</returns>
    IReadOnlyList<string> End();
}
