using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class BoundsGuardTests
{
    private const uint TscKHz = 1_000_000;
    private const double Period = 20_000, Latency = 500_000, Bound = 970_000, Ring = 4096, Burst = 32;
    private static readonly PStateTable s_table = FakeHost.Table();

    /// <summary>What is carried on from earlier looks never calls safe what a look at every packet does not, even where the core serves less than it must.</summary>
    [Fact]
    public void What_is_carried_on_is_no_bolder_than_a_new_look() => Draw.Check(
        Arb.From(
            from pState in Gen.Choose(5, 20)
            from loads in Gen.ArrayOf(Gen.Choose(0, 100), 40)
            from steps in Gen.Choose(1, 12)
            from share in Gen.Choose(40, 100)
            select (pState, loads, steps, share)),
        one =>
        {
            ServiceRates rates = new(new ServiceCostEstimator((int)Burst, 700, 1, TscKHz), s_table, TscKHz);
            PendingRequests requests = new(s_table, Latency);
            ArrivalHistory history = new(1_000_000);
            double fastest = rates[0], mu = rates.Safe(one.pState), now = 0, arrived = 0, served = 0;
            BoundsGuard carried = Make(rates, requests, history, fastest);
            requests.Observe(new QueueSample { PState = one.pState }, now);
            foreach (int load in one.loads)
            {
                for (int i = 0; i < one.steps; i++)
                {
                    now += Period;
                    arrived += Math.Floor(fastest * Period * load / 100);
                    served = Math.Min(arrived, served + (mu * Period * one.share / 100));
                    history.Add(now, arrived);
                    carried.Look(now, arrived - served, served);
                    BoundsGuard anew = Make(rates, requests, history, fastest);
                    anew.Look(now, arrived - served, served);
                    bool before = carried.HoldIsSafe(), after = anew.HoldIsSafe();
                    if (before && !after)
                    {
                        return $"at {now} with {arrived - served} waiting";
                    }
                }
            }

            return null;
        },
        ordinarily: 300);

    private static BoundsGuard Make(ServiceRates rates, PendingRequests requests, ArrivalHistory history, double line) =>
        new(rates, requests, history, s_table, new WorstCase(Latency, Period, 1_000, 0, Burst), line, Ring, Bound);
}
