using PollScale.Governors;
using PollScale.Transports;

namespace PollScale.Extensions;

/// <summary>Settings of every scaler that <see cref="PollScaleLcores"/> opens. Ranges and defaults are those of <see cref="LcoreScalerOptions"/>.</summary>
public sealed class PollScaleOptions
{
    private static readonly LcoreScalerOptions s_defaults = new();

    /// <summary>Opens the way to the host, on the polling thread; the scaler's end disposes it. Null chooses as <see cref="FrequencyTransport.Open"/> does.</summary>
    public Func<IServiceProvider, IFrequencyTransport>? Transport { get; set; }

    /// <summary>The governor, as <see cref="GovernorCatalog"/> reads it: "drain-time:high-water=0.8"; null is the default governor.</summary>
    public string? Governor { get; set; }

    /// <summary>See <see cref="LcoreScalerOptions.Queues"/>.</summary>
    public int Queues { get; set; } = s_defaults.Queues;

    /// <summary>See <see cref="LcoreScalerOptions.RingSize"/>.</summary>
    public int RingSize { get; set; } = s_defaults.RingSize;

    /// <summary>See <see cref="LcoreScalerOptions.BurstSize"/>.</summary>
    public int BurstSize { get; set; } = s_defaults.BurstSize;

    /// <summary>See <see cref="LcoreScalerOptions.DecisionPeriod"/>.</summary>
    public TimeSpan DecisionPeriod { get; set; } = s_defaults.DecisionPeriod;

    /// <summary>See <see cref="LcoreScalerOptions.Pinning"/>.</summary>
    public ThreadPinning Pinning { get; set; } = s_defaults.Pinning;

    /// <summary>See <see cref="LcoreScalerOptions.PeakPacketsPerSecond"/>.</summary>
    public double PeakPacketsPerSecond { get; set; } = s_defaults.PeakPacketsPerSecond;

    /// <summary>See <see cref="LcoreScalerOptions.PacketCost"/>.</summary>
    public ServiceCost PacketCost { get; set; } = s_defaults.PacketCost;

    /// <summary>See <see cref="LcoreScalerOptions.WaitBy"/>; but by <see cref="WaitMechanism.Event"/>, which wants each lcore's own descriptor.</summary>
    public WaitMechanism WaitBy { get; set; } = s_defaults.WaitBy;

    /// <summary>The scaler's options.</summary>
    /// <param name="cpu">CPU of the polling thread; null for any.</param>
    internal LcoreScalerOptions ForLcore(int? cpu) => new()
    {
        Queues = Queues,
        RingSize = RingSize,
        BurstSize = BurstSize,
        DecisionPeriod = DecisionPeriod,
        Pinning = Pinning,
        Cpu = cpu,
        PeakPacketsPerSecond = PeakPacketsPerSecond,
        PacketCost = PacketCost,
        WaitBy = WaitBy,
    };
}
