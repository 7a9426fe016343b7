using System.Text.Json.Serialization;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Status;
using PollScale.Notation;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>One vCPU of one guest, as a daemon tells of it.</summary>
internal sealed record VcpuLine
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>Number of the guest's vCPU.</summary>
    public required int Vcpu { get; init; }

    /// <summary>Its pCPU; null while that cannot be used, or where it stands for none of the host.</summary>
    public int? Pcpu { get; init; }

    /// <summary>Whether it may change its P-state now.</summary>
    public required bool Control { get; init; }

    /// <summary>Its P-states are emulated.</summary>
    public required bool Emulated { get; init; }

    /// <summary>The host's kernel answers its hypercalls now.</summary>
    public required bool InKernel { get; init; }

    /// <summary>The kernel's files of its core do not answer.</summary>
    public required bool Hangs { get; init; }

    /// <summary>The fastest frequency it may have.</summary>
    public required uint FastestKhz { get; init; }

    /// <summary>The slowest frequency it may have.</summary>
    public required uint SlowestKhz { get; init; }

    /// <summary>What it last asked for and was not refused, before its bounds; null while it has no wish.</summary>
    public uint? WishedKhz { get; init; }

    /// <summary>The same within its bounds; null while it has no wish.</summary>
    public uint? GrantedKhz { get; init; }

    /// <summary>What its core has; null where that is not known.</summary>
    public uint? RealKhz { get; init; }

    /// <summary>Why it is so, in the audit log's words; `none` where it has what it asked for.</summary>
    public required AuditReason Why { get; init; }

    /// <summary>The same as a sentence.</summary>
    public required string WhyText { get; init; }

    /// <summary>Time since its last decided change, or since its wish was withdrawn; null before the first.</summary>
    public double? DecidedS { get; init; }

    /// <summary>Time for which the real P-state has been in effect; null where nobody counts it.</summary>
    public double? InStateS { get; init; }

    /// <summary>Changes of its pCPU's P-state that took effect; null where nobody counts them.</summary>
    public ulong? Transitions { get; init; }

    /// <summary>Modelled energy of its pCPU, which others on it share; null where no power is known.</summary>
    public double? EnergyJ { get; init; }

    /// <summary>All its calls, over every channel.</summary>
    public required ulong Calls { get; init; }

    /// <summary>Its calls by what was decided, in the audit log's words; those that did not come are left out.</summary>
    public required IReadOnlyDictionary<string, ulong> CallsBy { get; init; }

    /// <summary>Its ways to the host.</summary>
    public required IReadOnlyList<ChannelSnapshot> Channels { get; init; }

    /// <summary>Calls that were not done as asked, but for those held to bounds: denied, throttled, malformed, unsupported, failed, unknown.</summary>
    [JsonIgnore]
    public ulong Refused => s_refusals.Aggregate(0UL, (sum, verdict) => sum + CallsBy.GetValueOrDefault(WordText.Of(verdict)));

    /// <summary>What is wrong with it, a sentence each.</summary>
    [JsonIgnore]
    public IEnumerable<string> Problems =>
    [
        .. Hangs ? (string[])["its core's cpufreq files do not answer"] : [],
        .. Why is AuditReason.BackendFailed or AuditReason.NotPinned ? (string[])[Pcpu is null && !Emulated ? "its pCPU cannot be used now" : WhyText] : [],
        .. Channels.Where(channel => channel.Problem is not null).Select(channel => $"{channel.Endpoint}: {channel.Problem}"),
    ];

    private static readonly CallVerdict[] s_refusals =
        [CallVerdict.Denied, CallVerdict.Throttled, CallVerdict.Malformed, CallVerdict.Unsupported, CallVerdict.BackendFailed, CallVerdict.UnknownCall];

    /// <summary>Tells of a vCPU.</summary>
    /// <param name="status">How it stands.</param>
    /// <param name="channels">Its ways to this host.</param>
    public static VcpuLine Of(VcpuStatus status, IReadOnlyList<ChannelSnapshot> channels)
    {
        EnergySnapshot? energy = status.Energy;
        return new VcpuLine
        {
            Guest = status.Guest,
            Vcpu = status.Vcpu,
            Pcpu = status.Pcpu,
            Control = status.Control,
            Emulated = status.Emulated,
            InKernel = status.InKernel,
            Hangs = status.Hangs,
            FastestKhz = status.FastestKhz,
            SlowestKhz = status.SlowestKhz,
            WishedKhz = status.WishedKhz,
            GrantedKhz = status.GrantedKhz,
            RealKhz = status.RealKhz,
            Why = status.Why,
            WhyText = AuditReasonText.Of(status.Why),
            DecidedS = status.DecidedS,
            InStateS = status.InStateS,
            Transitions = energy?.Transitions,
            EnergyJ = energy is { HasPower: true } ? energy.Joules : null,
            Calls = status.Calls.Total,
            CallsBy = Enum.GetValues<CallVerdict>().Where(verdict => verdict != CallVerdict.Withdrawn && status.Calls[verdict] > 0).ToDictionary(WordText.Of, verdict => status.Calls[verdict]),
            Channels = channels,
        };
    }
}
