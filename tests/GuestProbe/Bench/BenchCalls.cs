using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

namespace PollScale.GuestProbe.Bench;

/// <summary>Times GetPState, which changes nothing: what a doorbell costs; or SetPState.</summary>
internal static class BenchCalls
{
    private const int WarmUp = 100;

    /// <summary>Runs and prints one line of key=value pairs; the ticks are the TSC's, exact to one.</summary>
    public static void Run(IFrequencyTransport transport, int calls, bool sets)
    {
        Durations roundTrips = new(calls);
        int errors = 0;
        for (int call = -WarmUp; call < calls; call++)
        {
            FrequencyCall ask = sets ? new(FrequencyOp.SetPState, 1 + (call & 1)) : new(FrequencyOp.GetPState);
            ulong start = TscClock.Now;
            FrequencyReply reply = transport.Call(ask);
            ulong ticks = TscClock.Now - start;
            if (call >= 0)
            {
                roundTrips.Add(ticks);
                errors += reply.IsError ? 1 : 0;
            }
        }

        Output.Line($"bench-calls doorbell={transport.Doorbell} calls={calls} errors={errors} {roundTrips.Text("")}");
    }
}
