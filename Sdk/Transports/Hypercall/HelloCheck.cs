using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>The first call of every transport: do both sides speak the same ABI?</summary>
internal static class HelloCheck
{
    /// <summary>Says Hello.</summary>
    /// <returns>Number of P-states the host has.</returns>
    public static int Run(Func<FrequencyCall, FrequencyReply> call, string doorbell)
    {
        FrequencyReply reply = call(new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version));
        if (reply.IsError)
        {
            throw new FrequencyControlUnavailableException(
                $"The host answered Hello over the {doorbell} doorbell with {reply.Status} ({reply.Value}). "
                + "Check that the host stub serves this guest and that the doorbell is enabled there.");
        }

        if (reply.High != HypercallAbi.Version || reply.Value >> 32 != 0)
        {
            throw Mismatch((uint)(reply.Value >> 16));
        }

        return reply.Low is > 0 and <= HypercallAbi.MaxPStates
            ? reply.Low
            : throw new MalformedHostInterfaceException($"The host says it has {reply.Low} P-states; there must be 1 .. {HypercallAbi.MaxPStates}.");
    }

    public static AbiVersionMismatchException Mismatch(uint version) => new(
        $"The host speaks version {version} of the frequency hypercall ABI, this guest version {HypercallAbi.Version}. "
        + "Use an SDK and a host stub of the same release.");
}
