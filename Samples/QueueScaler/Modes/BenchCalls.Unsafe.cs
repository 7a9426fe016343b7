using System.Runtime.InteropServices;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>Times GetPState, which changes nothing: what a doorbell costs.</summary>
internal static class BenchCalls
{
    private const int WarmUp = 100;

    /// <summary>Runs and prints one line of key=value pairs.</summary>
    public static unsafe void Run(IFrequencyTransport transport, int calls)
    {
        void* memory = NativeMemory.AllocZeroed(LogLinearHistogram.Bytes);
        try
        {
            LogLinearHistogram roundTrips = new(memory);
            int errors = 0;
            for (int call = -WarmUp; call < calls; call++)
            {
                ulong start = TscClock.Now;
                FrequencyReply reply = transport.Call(new FrequencyCall(FrequencyOp.GetPState));
                ulong ticks = TscClock.Now - start;
                if (call >= 0)
                {
                    roundTrips.Record(ticks);
                    errors += reply.IsError ? 1 : 0;
                }
            }

            HistogramSnapshot snapshot = roundTrips.Snapshot();
            Output.Line($"bench-calls doorbell={transport.Doorbell} calls={calls} errors={errors} p50_ns={Ns(snapshot.Percentile(0.5))} p99_ns={Ns(snapshot.Percentile(0.99))} max_ns={Ns(snapshot.Max)}");
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static ulong Ns(ulong ticks) => TscClock.ToNanoseconds(ticks);
}
