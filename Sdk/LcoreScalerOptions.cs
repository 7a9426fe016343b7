using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale;

/// <summary>Settings of an <see cref="LcoreScaler"/>.</summary>
public sealed record LcoreScalerOptions
{
    /// <summary>Way to the host. Null opens the best by <see cref="FrequencyTransport.Open"/>, and the scaler disposes what it opened; a given one stays the caller's.</summary>
    public IFrequencyTransport? Transport { get; init; }

    /// <summary>Makes the governor; null makes an <see cref="OptimalAvailableGovernor"/> with default options.</summary>
    public Func<GovernorContext, IGovernor>? Governor { get; init; }

    /// <summary>Rx queues that the lcore polls in turn at the start, 1 .. 16; default 1. All have rings of <see cref="RingSize"/>. <see cref="LcoreScaler.AddQueue"/> and <see cref="LcoreScaler.RemoveQueue"/> change it.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Descriptors of each rx ring, 32 .. 65536; default 4096.</summary>
    public int RingSize { get; init; } = 4096;

    /// <summary>Most packets one poll returns, 1 .. 1024 and at most <see cref="RingSize"/>; default 32.</summary>
    public int BurstSize { get; init; } = 32;

    /// <summary>Time between decisions, 1 us .. 10 ms; default 20 us.</summary>
    public TimeSpan DecisionPeriod { get; init; } = TimeSpan.FromMicroseconds(20);

    /// <summary>What to do about the thread's CPU; default <see cref="ThreadPinning.Require"/>.</summary>
    public ThreadPinning Pinning { get; init; } = ThreadPinning.Require;

    /// <summary>CPU for <see cref="Pinning"/>, as the guest numbers it; null accepts any.</summary>
    public int? Cpu { get; init; }

    /// <summary>Receives each call's round trip in TSC ticks; null records none.</summary>
    public LatencyHistogram? RoundTrips { get; init; }

    /// <summary>Receives how late each wait ended (<see cref="LcoreScaler.Idle()"/>), in TSC ticks; null records none.</summary>
    public LatencyHistogram? WakeTimes { get; init; }

    /// <summary>
    /// Highest arrival rate over all queues in packets per second, 0 .. 1e9: the line's, of the smallest frames. With it governors can bound
    /// loss, and <see cref="LcoreScaler.Certificate"/> tells whether they do. 0 is unknown.
    /// </summary>
    public double PeakPacketsPerSecond { get; init; }

    /// <summary>What a packet costs at most, for <see cref="LcoreScaler.Certificate"/>: 0 .. 1e6 cycles and 0 .. 1e6 ns, not both 0; default 1000 cycles.</summary>
    public ServiceCost PacketCost { get; init; } = new(1000);

    /// <summary>Receives the decisions; null records none. One trace serves one scaler.</summary>
    public DecisionTrace? Trace { get; init; }

    /// <summary>Told each of <see cref="LcoreScaler.Warnings"/> once: when the scaler is made, and a certificate that is withdrawn when somebody looks at it. Never called by a poll. Null logs nothing.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>How <see cref="LcoreScaler.Idle()"/> waits; default <see cref="WaitMechanism.Sleep"/>.</summary>
    public WaitMechanism WaitBy { get; init; }

    /// <summary>
    /// What can be read when packets have come, for <see cref="WaitMechanism.Event"/> and for nothing else: the eventfd of a ring's interrupt, or a packet socket. It stays the application's, which reads an
    /// eventfd before it polls the ring, so that what comes afterwards makes it readable again; one that stays readable ends each wait at once. Default null.
    /// </summary>
    public SafeHandle? WaitDescriptor { get; init; }

    internal Func<ulong>? Ticks { get; init; }

    internal Action<ulong>? Wait { get; init; }

    internal IWaitInstruction? WaitInstruction { get; init; }

    internal TscFrequency? Frequency { get; init; }

    internal static readonly TimeSpan ShortestPeriod = TimeSpan.FromMicroseconds(1), LongestPeriod = TimeSpan.FromMilliseconds(10);

    internal const int MostQueues = QueueBacklogs.MostQueues, LeastRing = 32, MostRing = 65536, MostBurst = 1024, MostCpus = 1024;

    internal const double MostPeak = 1e9, MostPacketCost = 1e6;

    internal void Validate()
    {
        Check(Queues is >= 1 and <= MostQueues, nameof(Queues), Queues, $"1 .. {MostQueues} queues");
        Check(RingSize is >= LeastRing and <= MostRing, nameof(RingSize), RingSize, $"{LeastRing} .. {MostRing} descriptors");
        Check(BurstSize is >= 1 and <= MostBurst, nameof(BurstSize), BurstSize, $"1 .. {MostBurst} packets");
        Check(BurstSize <= RingSize, nameof(BurstSize), BurstSize, $"at most the ring's {RingSize} descriptors");
        Check(DecisionPeriod >= ShortestPeriod && DecisionPeriod <= LongestPeriod, nameof(DecisionPeriod), DecisionPeriod, "1 us .. 10 ms");
        Check(PeakPacketsPerSecond is >= 0 and <= MostPeak, nameof(PeakPacketsPerSecond), PeakPacketsPerSecond, "0 .. 1e9 packets per second");
        Check(PacketCost is { CyclesPerPacket: >= 0 and <= MostPacketCost, MemoryNs: >= 0 and <= MostPacketCost } && PacketCost.CyclesPerPacket + PacketCost.MemoryNs > 0, nameof(PacketCost), PacketCost, "0 .. 1e6 cycles and 0 .. 1e6 ns, not both 0");
        Check(Enum.IsDefined(Pinning), nameof(Pinning), Pinning, "Require, Pin or Ignore");
        Check(Enum.IsDefined(WaitBy), nameof(WaitBy), WaitBy, "Sleep, Pause, Tpause or Event");
        Check((WaitDescriptor is not null) == (WaitBy == WaitMechanism.Event), nameof(WaitDescriptor), WaitDescriptor is null ? null : "given", "given where WaitBy is Event, and only there");
        Check(Cpu is null or (>= 0 and < MostCpus), nameof(Cpu), Cpu, "a CPU number 0 .. 1023, or null");
        Check(Cpu is null || Pinning != ThreadPinning.Ignore, nameof(Cpu), Cpu, "null when Pinning is Ignore, which looks at no CPU");
    }

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(LcoreScalerOptions), name, value, expected);
}
