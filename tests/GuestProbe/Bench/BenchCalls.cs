using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

namespace PollScale.GuestProbe.Bench;

/// <summary>Times GetPState, which changes nothing: what a doorbell costs.</summary>
internal static class BenchCalls
{
    private const int WarmUp = 100;
    private const int MostKept = 1_000_000;

    /// <summary>Runs and prints one line of key=value pairs; the ticks are the TSC's, exact to one. Of more than a million calls the last million count.</summary>
    public static void Run(IFrequencyTransport transport, int calls)
    {
        ulong[] roundTrips = new ulong[Math.Min(calls, MostKept)];
        int errors = 0;
        for (int call = -WarmUp; call < calls; call++)
        {
            ulong start = TscClock.Now;
            FrequencyReply reply = transport.Call(new FrequencyCall(FrequencyOp.GetPState));
            ulong ticks = TscClock.Now - start;
            if (call >= 0)
            {
                roundTrips[call % MostKept] = ticks;
                errors += reply.IsError ? 1 : 0;
            }
        }

        Array.Sort(roundTrips);
        ulong p50 = At(0.5);
        Output.Line($"bench-calls doorbell={transport.Doorbell} calls={calls} errors={errors} p50_ns={Ns(p50)} p99_ns={Ns(At(0.99))} max_ns={Ns(roundTrips[^1])} p50_ticks={p50} min_ticks={roundTrips[0]}");

        ulong At(double share) => roundTrips[(int)(share * (roundTrips.Length - 1))];
    }

    private static ulong Ns(ulong ticks) => TscClock.ToNanoseconds(ticks);
}
