using PollScale.Clock;
using PollScale.Governors;
using PollScale.Shadow;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Tests.Shadow;

/// <summary>An application whose core always runs at its fastest, with a scaler that only shadows it.</summary>
internal sealed class FullSpeedLoop(CoreModel core, int ring)
{
    public ShadowOptions Options { get; init; } = new();

    /// <summary>Its NIC tells no backlog.</summary>
    public bool IsBlind { get; init; }

    /// <summary>When the core stands still, and for how long, in simulated time.</summary>
    public (long At, long For) Stop { get; init; } = (long.MaxValue, 0);

    /// <summary>Polls until a time.</summary>
    /// <returns>What the shadow says, and how many packets the loop itself lost.</returns>
    public (ShadowReport Report, long Lost) Run(IArrivals arrivals, Func<GovernorContext, IGovernor> governor, double peak, long duration)
    {
        long now = 0, arrived = 0, taken = 0, lost = 0, stop = Stop.At;
        using ShadowTransport transport = new(Options);
        using LcoreScaler scaler = new(new LcoreScalerOptions
        {
            Transport = transport,
            Governor = governor,
            RingSize = ring,
            BurstSize = core.BurstSize,
            PeakPacketsPerSecond = peak,
            Pinning = ThreadPinning.Ignore,
            Ticks = () => SimTime.ToTicks(now),
            Frequency = new TscFrequency(SimTime.TscKHz, TscSource.Calibration),
        });
        long[] next = new long[1];
        bool more = arrivals.Fill(next) > 0;
        while (now < duration)
        {
            for (; more && next[0] <= now; more = arrivals.Fill(next) > 0)
            {
                _ = arrived - taken < ring ? arrived++ : lost++;
            }

            int received = (int)Math.Min(core.BurstSize, arrived - taken);
            taken += received;
            now += core.PollTime(0, received);
            if (now >= stop)
            {
                (now, stop) = (now + Stop.For, long.MaxValue);
            }

            scaler.Observe(received, IsBlind ? -1 : (int)(arrived - taken));
        }

        return (scaler.Shadow!, lost);
    }
}
