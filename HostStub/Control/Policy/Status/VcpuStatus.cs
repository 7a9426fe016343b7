using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Status;

/// <summary>
/// How one vCPU of one guest stands at one moment: what it wishes, what policy granted, what its core really has, and why. All that shows the state of a
/// daemon derives from it.
/// </summary>
internal sealed record VcpuStatus
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>Number of the guest's vCPU.</summary>
    public required int Vcpu { get; init; }

    /// <summary>Its pCPU; null while that cannot be used, or where it stands for none of this host.</summary>
    public int? Pcpu { get; init; }

    /// <summary>Whether it may change its P-state now: it was granted, and is pinned where that is checked.</summary>
    public required bool Control { get; init; }

    /// <summary>P-states are emulated.</summary>
    public required bool Emulated { get; init; }

    /// <summary>The host's kernel answers its hypercalls now.</summary>
    public bool InKernel { get; init; }

    /// <summary>Its core has been setting a frequency for so long that the kernel's files hang; what is real then is what was last seen.</summary>
    public bool Hangs { get; init; }

    /// <summary>Frequencies of the P-states it is shown, in kHz, fastest first.</summary>
    public required IReadOnlyList<uint> PStatesKhz { get; init; }

    /// <summary>The fastest frequency it may have, in kHz.</summary>
    public required uint FastestKhz { get; init; }

    /// <summary>The slowest frequency it may have, in kHz.</summary>
    public required uint SlowestKhz { get; init; }

    /// <summary>What it last asked for and was not refused, before its bounds, in kHz; null while it has no wish. Of calls that the host's kernel answered, what was granted.</summary>
    public uint? WishedKhz { get; init; }

    /// <summary>The same within its bounds: what policy admits of it, in kHz; null while it has no wish.</summary>
    public uint? GrantedKhz { get; init; }

    /// <summary>What its core has, in kHz; null where that is not known.</summary>
    public uint? RealKhz { get; init; }

    /// <summary>Why it is so: why less, more or nothing is granted or real; <see cref="AuditReason.None"/> where it has what it asked for.</summary>
    public required AuditReason Why { get; init; }

    /// <summary>Seconds since its last decided change, or since its wish was withdrawn; null before the first.</summary>
    public double? DecidedS { get; init; }

    /// <summary>Seconds for which the real P-state has been in effect; null where nobody counts it.</summary>
    public double? InStateS { get; init; }

    /// <summary>Its calls over all channels, by op and result.</summary>
    public required CallCounts Calls { get; init; }

    /// <summary>
    /// Time in each of <see cref="PStatesKhz"/>, changes and modelled energy of its pCPU since that is served, of the moment of reading; vCPUs of one pCPU have the
    /// same. Null where nobody counts it; without watts (<see cref="EnergySnapshot.HasPower"/>) where the P-state model knows none, as of the real clock.
    /// </summary>
    public EnergySnapshot? Energy { get; init; }
}
