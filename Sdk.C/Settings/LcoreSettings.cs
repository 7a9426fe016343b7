using PollScale.Governors;
using PollScale.Shadow;

namespace PollScale.C.Settings;

/// <summary>What <c>pollscale_create</c> is told. Ranges and defaults of a scaler are <see cref="LcoreScalerOptions"/>'.</summary>
internal sealed record LcoreSettings
{
    private static readonly LcoreScalerOptions s_scaler = new();
    private static readonly ShadowOptions s_shadow = new();

    public TransportWay Transport { get; init; }

    /// <summary>Device of the guest channel; empty finds it.</summary>
    public string Port { get; init; } = "";

    /// <summary>Folder that stands for "/" where devices and cpufreq are looked for.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Longest wait for an answer over the page or the guest channel, in picoseconds.</summary>
    public double ReplyTimeout { get; init; } = 10e9;

    public string Governor { get; init; } = GovernorCatalog.Default;

    public int Queues { get; init; } = s_scaler.Queues;

    public int RingSize { get; init; } = s_scaler.RingSize;

    public int BurstSize { get; init; } = s_scaler.BurstSize;

    /// <summary>In picoseconds.</summary>
    public double DecisionPeriod { get; init; } = s_scaler.DecisionPeriod.TotalMicroseconds * 1e6;

    public ThreadPinning Pinning { get; init; } = s_scaler.Pinning;

    public double? Cpu { get; init; }

    public WaitMechanism WaitBy { get; init; } = s_scaler.WaitBy;

    /// <summary>Number of the descriptor that ends waits; null for none.</summary>
    public double? WaitDescriptor { get; init; }

    public double Peak { get; init; }

    public double PacketCycles { get; init; } = s_scaler.PacketCost.CyclesPerPacket;

    public double PacketNs { get; init; } = s_scaler.PacketCost.MemoryNs;

    /// <summary>Frequencies that a shadow has, in kHz; null takes the synthetic server core's.</summary>
    public IReadOnlyList<double>? ShadowKHz { get; init; }

    /// <summary>Power of each, in W; null takes the synthetic server core's.</summary>
    public IReadOnlyList<double>? ShadowWatts { get; init; }

    /// <summary>In picoseconds.</summary>
    public double ShadowLatency { get; init; } = s_shadow.TransitionLatency.TotalMicroseconds * 1e6;

    /// <summary>In picoseconds.</summary>
    public double ShadowCallTime { get; init; } = s_shadow.CallTime.TotalMicroseconds * 1e6;
}
