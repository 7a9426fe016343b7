namespace PollScale.Simulation.Tests.Oracle;

/// <summary>
/// The cheapest schedule on a grid of time slots that serves a whole number of packets in each, by dynamic programming over all of
/// them. With convex costs, linear between whole rates, no other schedule is cheaper when packets arrive at the slots' edges.
/// </summary>
internal static class BruteForce
{
    /// <param name="arrivals">Packets arriving at each slot's begin.</param>
    /// <param name="deadline">D in slots.</param>
    /// <param name="ringSize">B.</param>
    /// <param name="burst">Packets by which work may lag behind polls.</param>
    /// <param name="cost">Cost of a slot by packets served in it; its length is the most a slot can serve, and one.</param>
    /// <returns>Least cost, or infinity where no schedule keeps the bounds.</returns>
    public static double Solve(int[] arrivals, int deadline, int ringSize, int burst, double[] cost)
    {
        double[] least = [.. Enumerable.Repeat(double.PositiveInfinity, arrivals.Sum() + 1)];
        least[0] = 0;
        for (int slot = 0; slot <= arrivals.Length; slot++)
        {
            int before = arrivals.Take(slot).Sum();
            int now = arrivals.Take(slot + 1).Sum();
            int due = Math.Max(arrivals.Take(slot - deadline + 1).Sum(), now - ringSize) - burst;
            for (int done = 0; done < least.Length; done++)
            {
                if (done > before || done < due)
                {
                    least[done] = double.PositiveInfinity;
                }
            }

            if (slot < arrivals.Length)
            {
                least = [.. Enumerable.Range(0, least.Length).Select(done => Enumerable.Range(0, Math.Min(cost.Length, done + 1)).Min(served => least[done - served] + cost[served]))];
            }
        }

        return least.Min();
    }
}
