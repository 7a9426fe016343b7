using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>The ABI's rules for a host in this process: which calls are answered at once, and which ask for a P-state.</summary>
internal static class LocalCalls
{
    /// <summary>Answers a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="table">P-states and limits.</param>
    /// <param name="current">P-state index granted now.</param>
    /// <param name="target">Allowed index asked for; -1 when the reply says all.</param>
    public static FrequencyReply Answer(FrequencyCall call, PStateTable table, int current, out int target)
    {
        long argument = call.Argument;
        target = -1;
        switch (call.Op)
        {
            case FrequencyOp.Hello:
                return FrequencyReply.Pack(HypercallAbi.Version, table.Count);
            case FrequencyOp.PStateKHz when argument >= 0 && argument < table.Count:
                return new FrequencyReply(table[(int)argument]);
            case FrequencyOp.GetPState when argument == 0:
                return new FrequencyReply(current);
            case FrequencyOp.Limits when argument == 0:
                return FrequencyReply.Pack(table.FastestAllowed, table.SlowestAllowed);
            case FrequencyOp.SetPState when argument >= 0 && argument < table.Count:
                target = table.Clamp(argument);
                return default;
            case FrequencyOp.Step:
                target = table.Clamp(current - Math.Clamp(argument, -HypercallAbi.MaxPStates, HypercallAbi.MaxPStates));
                return default;
            case FrequencyOp.Max when argument == 0:
                target = table.FastestAllowed;
                return default;
            case FrequencyOp.Min when argument == 0:
                target = table.SlowestAllowed;
                return default;
            default:
                return new FrequencyReply((uint)call.Op < HypercallAbi.OpCount ? FrequencyStatus.Invalid : FrequencyStatus.UnknownCall);
        }
    }
}
