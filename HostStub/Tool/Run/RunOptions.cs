using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Traffic.Frames;

namespace PollScale.HostStub.Run;

/// <summary>One run, as the command line describes it. Everything is checked that can be checked without running.</summary>
internal sealed record RunOptions
{
    /// <summary>Path of the guest's ELF.</summary>
    public required string Guest { get; init; }

    /// <summary>Arguments for the guest.</summary>
    public IReadOnlyList<string> GuestArguments { get; init; } = [];

    /// <summary>Environment variables for the guest, NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>True for the demo: without /dev/kvm it goes on without a VM.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Guest memory, MiB.</summary>
    public int MemoryMiB { get; init; } = 256;

    /// <summary>pCPU of the guest; null for the last this process may use.</summary>
    public int? Cpu { get; init; }

    /// <summary>pCPU of everything else; null for the first other one.</summary>
    public int? HousekeepingCpu { get; init; }

    /// <summary>Doorbell wanted.</summary>
    public DoorbellChoice Doorbell { get; init; }

    /// <summary>Traffic profile; null for none.</summary>
    public string? Traffic { get; init; }

    /// <summary>Capture to replay instead; null for none.</summary>
    public string? Pcap { get; init; }

    /// <summary>File to record the forwarded packets in; null for none.</summary>
    public string? PcapOut { get; init; }

    /// <summary>Routes for the guest, as the file of --routes has them; null for its own.</summary>
    public ReadOnlyMemory<byte>? Routes { get; init; }

    /// <summary>Next hop of whatever has no route; null for none.</summary>
    public int? DefaultRoute { get; init; }

    /// <summary>Speed of the replay; infinity for as fast as the rings have room.</summary>
    public double PcapSpeed { get; init; } = 1;

    /// <summary>How long to send; null for the profile's or capture's own end, or 15 s.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Log2 of the ring sizes.</summary>
    public int Log2Ring { get; init; } = 12;

    /// <summary>The user asked for this ring size: it is used or refused.</summary>
    public bool IsRingAsked { get; init; }

    /// <summary>Frame sizes.</summary>
    public FrameSizes FrameSizes { get; init; } = FrameSizes.Default;

    /// <summary>Share of malformed frames, 0 .. 1.</summary>
    public double Malformed { get; init; }

    /// <summary>P-states and power model.</summary>
    public required PStateModel PStates { get; init; }

    /// <summary>What sets the frequency.</summary>
    public FrequencyChoice Frequency { get; init; } = FrequencyChoice.Simulated;

    /// <summary>Folder that holds "cpufreq"; null for the kernel's.</summary>
    public string? CpufreqRoot { get; init; }

    /// <summary>Folder for the cpufreq lease; null for the usual one.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>What the guest may do: the policy file's word, or what the flags stand for.</summary>
    public HostPolicy HostPolicy { get; init; } = OneGuest.Policy(OneGuest.Guest);

    /// <summary>The policy file, read again on SIGHUP; null for none.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>The guest's name in the policy.</summary>
    public string As { get; init; } = OneGuest.Name;

    /// <summary>Path of the audit log; null for none.</summary>
    public string? Audit { get; init; }

    /// <summary>Room the audit log may take.</summary>
    public AuditLimits AuditLimits { get; init; } = AuditLimits.Default;

    /// <summary>SCHED_FIFO or not.</summary>
    public PriorityChoice Priority { get; init; }

    /// <summary>Limit of the whole run; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Longest time without a poll; zero for no watchdog.</summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time until the guest polls.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Run the guest as a plain process.</summary>
    public bool NoVm { get; init; }

    /// <summary>Length of a step of the run's record.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Report each step.</summary>
    public bool ShowsSteps { get; init; }

    /// <summary>Report each change of the P-state.</summary>
    public bool ShowsChanges { get; init; }

    /// <summary>File for an HTML report; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }

    /// <summary>Seed of the traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>True when packets are sent.</summary>
    public bool HasTraffic => Traffic is not null || Pcap is not null;
}
