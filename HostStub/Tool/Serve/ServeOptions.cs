using PollScale.HostStub.Audit;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Serve.Metering;
using PollScale.HostStub.Serve.Operators;

namespace PollScale.HostStub.Serve;

/// <summary>What hoststub serve was asked to do: a policy file, or channels of the command line.</summary>
internal sealed record ServeOptions
{
    /// <summary>The policy file; null for none.</summary>
    public HostPolicy? HostPolicy { get; init; }

    /// <summary>Policy file that is only to be checked; null to serve.</summary>
    public string? CheckPolicy { get; init; }

    /// <summary>Path of the audit log; null for none.</summary>
    public string? Audit { get; init; }

    /// <summary>Room the audit log may take.</summary>
    public AuditLimits AuditLimits { get; init; } = AuditLimits.Default;

    /// <summary>Where metrics go; the command line's word, to which OpenTelemetry's variables may add.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>What sets the frequency; real ones only with a policy file.</summary>
    public FrequencyChoice Frequency { get; init; }

    /// <summary>Folder that holds "cpufreq"; null for the kernel's.</summary>
    public string? CpufreqRoot { get; init; }

    /// <summary>Folder for the cpufreq leases; null for the usual one.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>Channels to serve without a policy file, at least one.</summary>
    public IReadOnlyList<ChannelSpec> Channels { get; init; } = [];

    /// <summary>P-states of every simulated pCPU.</summary>
    public required PStateModel PStates { get; init; }

    /// <summary>What the guest of each of <see cref="Channels"/> may do; names and vCPUs are the channels'.</summary>
    public GuestPolicy Guest { get; init; } = OneGuest.Guest;

    /// <summary>Shortest time between two samples in JSON; null for the usual one.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How to start the process that drains debug ports.</summary>
    public ReaderProgram Reader { get; init; } = DebugconReaderProcess.Program();

    /// <summary>The control socket; null for none.</summary>
    public ControlOptions? Control { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }
}
