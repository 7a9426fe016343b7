using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>Asks for P-states one after another and holds each, so that somebody outside can see what the host makes of it.</summary>
internal static class SetPStates
{
    /// <summary>Runs, and prints each reply as it comes.</summary>
    public static void Run(IFrequencyTransport transport, IReadOnlyList<int> pStates, int holdMs)
    {
        foreach (int pState in pStates)
        {
            _ = ShownCall.Make(transport, FrequencyOp.SetPState, pState);
            Thread.Sleep(holdMs);
        }
    }
}
