using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Transports;

namespace PollScale.Benchmarks;

/// <summary>Parts the benchmarks share: 21 P-states of 3.0 .. 1.0 GHz, a ring of 4096, bursts of 32.</summary>
internal static class BenchmarkHost
{
    public const int BurstSize = 32;
    public const uint TscKHz = 2_500_000;
    public const ulong DecisionTicks = 50_000;

    public static PStateTable PStates { get; } = new([.. Enumerable.Range(0, 21).Select(i => 3_000_000u - ((uint)i * 100_000))], 0, 20, 20_000);

    public static GovernorContext Context { get; } = new(PStates, TscKHz, 4096, BurstSize, DecisionTicks);

    public static LcoreScaler MakeScaler() => new(new LcoreScalerOptions
    {
        Transport = new LoopbackTransport(PStates),
        Pinning = ThreadPinning.Ignore,
    });

    public static QueueSample Sample(int backlog) => new()
    {
        ElapsedTicks = DecisionTicks,
        Received = 40,
        Backlog = backlog,
        Polls = 3,
        FullPolls = 1,
        PState = 10,
        Settled = true,
    };
}
