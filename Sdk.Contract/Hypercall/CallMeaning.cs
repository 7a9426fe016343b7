namespace PollScale.Hypercall;

/// <summary>
/// What each call of the ABI means on a table of P-states. Hosts and transports that answer a call, or make several of one, all ask here. Pure, and without
/// a word on who may ask: that is policy's.
/// </summary>
internal static class CallMeaning
{
    /// <summary>Whether the ABI has this op.</summary>
    public static bool IsKnown(FrequencyOp op) => (uint)op < HypercallAbi.OpCount;

    /// <summary>Whether the op asks for another P-state; the other known ones ask for an answer only.</summary>
    public static bool IsChange(FrequencyOp op) => op is FrequencyOp.SetPState or FrequencyOp.Step or FrequencyOp.Max or FrequencyOp.Min;

    /// <summary>Whether a known op allows the argument.</summary>
    /// <param name="call">The call.</param>
    /// <param name="pStates">Number of P-states.</param>
    public static bool IsValid(FrequencyCall call, int pStates) =>
        call.Op is FrequencyOp.SetPState or FrequencyOp.PStateKHz ? call.Argument >= 0 && call.Argument < pStates
        : call.Op is FrequencyOp.Hello or FrequencyOp.Step || call.Argument == 0;

    /// <summary>The P-state that a valid change asks for. <see cref="PStateTable.Clamp"/> gives the nearest allowed one.</summary>
    /// <param name="call">The change.</param>
    /// <param name="table">The P-states.</param>
    /// <param name="from">The P-state that a step counts from.</param>
    /// <returns>An index; after a step perhaps one outside the table.</returns>
    public static long Asked(FrequencyCall call, PStateTable table, int from) => call.Op switch
    {
        FrequencyOp.SetPState => call.Argument,
        // Beyond a table's length every step is the same, and saturating first keeps long.MinValue harmless.
        FrequencyOp.Step => from - Math.Clamp(call.Argument, -HypercallAbi.MaxPStates, HypercallAbi.MaxPStates),
        FrequencyOp.Max => 0,
        _ => table.Count - 1,
    };

    /// <summary>The answer to a valid call that changes nothing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="table">P-states and limits.</param>
    /// <param name="inForce">The P-state in force.</param>
    public static FrequencyReply Told(FrequencyCall call, PStateTable table, int inForce) => call.Op switch
    {
        FrequencyOp.Hello => FrequencyReply.Pack(HypercallAbi.Version, table.Count),
        FrequencyOp.GetPState => new FrequencyReply(inForce),
        FrequencyOp.PStateKHz => new FrequencyReply(table[(int)call.Argument]),
        _ => FrequencyReply.Pack(table.FastestAllowed, table.SlowestAllowed),
    };

    /// <summary>All of it, for a host that allows everything.</summary>
    /// <param name="call">The call; its op may be none of the ABI's.</param>
    /// <param name="table">P-states and limits.</param>
    /// <param name="current">The P-state in force.</param>
    /// <param name="target">Allowed index asked for; -1 when the reply says all.</param>
    /// <returns>The reply of a call that changes nothing or is refused; else without meaning.</returns>
    public static FrequencyReply Answer(FrequencyCall call, PStateTable table, int current, out int target)
    {
        target = -1;
        if (!IsKnown(call.Op))
        {
            return new FrequencyReply(FrequencyStatus.UnknownCall);
        }

        if (!IsValid(call, table.Count))
        {
            return new FrequencyReply(FrequencyStatus.Invalid);
        }

        if (!IsChange(call.Op))
        {
            return Told(call, table, current);
        }

        target = table.Clamp(Asked(call, table, current));
        return default;
    }
}
