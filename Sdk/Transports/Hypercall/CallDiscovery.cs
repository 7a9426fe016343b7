using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>Learns the P-states by calls, where no CPUID leaf tells them.</summary>
internal static class CallDiscovery
{
    // The ABI has no call for it. 20 us is what Linux's intel_pstate and amd-pstate drivers state.
    private const uint TransitionLatencyNs = 20_000;

    public static PStateTable ReadTable(Func<FrequencyCall, FrequencyReply> call, string doorbell)
    {
        int count = HelloCheck.Run(call, doorbell);
        Span<uint> kHz = stackalloc uint[HypercallAbi.MaxPStates];
        for (int i = 0; i < count; i++)
        {
            kHz[i] = (uint)Math.Min(Ask(call, new FrequencyCall(FrequencyOp.PStateKHz, i), doorbell).Value, uint.MaxValue);
        }

        FrequencyReply limits = Ask(call, new FrequencyCall(FrequencyOp.Limits), doorbell);
        try
        {
            return new PStateTable(kHz[..count], limits.High, limits.Low, TransitionLatencyNs);
        }
        catch (ArgumentException exception)
        {
            throw new MalformedHostInterfaceException($"The host's answers hold no valid P-state table: {exception.Message} Update the host.", exception);
        }
    }

    private static FrequencyReply Ask(Func<FrequencyCall, FrequencyReply> call, FrequencyCall question, string doorbell)
    {
        FrequencyReply reply = call(question);
        return !reply.IsError
            ? reply
            : throw new MalformedHostInterfaceException(
                $"The host answered {question.Op}({question.Argument}) over the {doorbell} doorbell with {reply.Status} ({reply.Value}); the ABI allows no error there.");
    }
}
