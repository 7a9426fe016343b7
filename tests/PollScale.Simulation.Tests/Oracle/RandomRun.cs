using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Tests.Oracle;

/// <summary>A run of a poll loop that changes the P-state after each poll without sense, and the bounds that it happened to keep.</summary>
internal sealed record RandomRun(double Energy, long LongestDelay, int FullestRing, long End)
{
    public static RandomRun Of(CoreModel core, long[] arrivals, byte[] pStates)
    {
        double energy = 0;
        long now = 0, longest = 1;
        int taken = 0, fullest = 1, arrived = 0;
        for (int poll = 0; taken < arrivals.Length; poll++)
        {
            while (arrived < arrivals.Length && arrivals[arrived] <= now)
            {
                arrived++;
                fullest = Math.Max(fullest, arrived - taken);
            }

            int count = Math.Min(core.BurstSize, arrived - taken);
            if (count > 0)
            {
                longest = Math.Max(longest, now - arrivals[taken]);
            }

            taken += count;
            int pState = pStates.Length == 0 ? 0 : pStates[poll % pStates.Length] % core.KHz.Count;
            long time = core.PollTime(pState, count);
            energy += core.Watts[pState] * SimTime.ToSeconds(time);
            now += time;
        }

        return new RandomRun(energy, longest, fullest, now);
    }
}
