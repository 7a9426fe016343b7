using PollScale.Hypercall;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.Modes;
using PollScale.Transports;

namespace PollScale.GuestProbe.Calls;

/// <summary>Many changes as fast as they go: what a host does when a guest spends more than its request budget.</summary>
internal static class CallFlood
{
    private const int RetryMs = 10;

    // A budget gives back at least a call a second.
    private const int Retries = 500;

    /// <summary>Asks alternately for the fastest and the slowest allowed P-state, and prints one line of counts by reply.</summary>
    public static void Run(IFrequencyTransport transport, int calls)
    {
        PStateTable table = transport.PStates;
        int granted = 0, throttled = 0, denied = 0, other = 0;
        for (int i = 0; i < calls; i++)
        {
            int target = i % 2 == 0 ? table.FastestAllowed : table.SlowestAllowed;
            switch (transport.Call(new FrequencyCall(FrequencyOp.SetPState, target)).Status)
            {
                case FrequencyStatus.Granted:
                    granted++;
                    break;
                case FrequencyStatus.Throttled:
                    throttled++;
                    break;
                case FrequencyStatus.Denied:
                    denied++;
                    break;
                default:
                    other++;
                    break;
            }
        }

        FrequencyReply state = CallPatiently(transport, new FrequencyCall(FrequencyOp.GetPState));
        Output.Line($"flood {calls}: granted {granted}, throttled {throttled}, denied {denied}, other {other}; state {ShownCall.Text(state)} after");
    }

    /// <summary>Repeats a throttled call, with pauses, until the budget pays for it; gives up after 5 s.</summary>
    public static FrequencyReply CallPatiently(IFrequencyTransport transport, FrequencyCall call)
    {
        FrequencyReply reply = transport.Call(call);
        for (int retry = 0; retry < Retries && reply.Status == FrequencyStatus.Throttled; retry++)
        {
            Thread.Sleep(RetryMs);
            reply = transport.Call(call);
        }

        return reply;
    }
}
