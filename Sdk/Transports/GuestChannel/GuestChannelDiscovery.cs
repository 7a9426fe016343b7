using PollScale.GuestChannel;
using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>Learns a host's P-states over the guest channel, by walking from the fastest to the slowest.</summary>
internal static class GuestChannelDiscovery
{
    // The channel does not tell it. 20 us is what Linux's intel_pstate and amd-pstate drivers state.
    private const uint TransitionLatencyNs = 20_000;

    /// <summary>Walks; ends at the fastest P-state.</summary>
    /// <exception cref="FrequencyControlUnavailableException">The host refuses to scale, or to tell frequencies.</exception>
    public static PStateTable Learn(GuestChannelLink link)
    {
        List<uint> kHz = [];
        Require(link, ScaleUnit.Max);
        while (kHz.Count < HypercallAbi.MaxPStates)
        {
            uint present = Ask(link);
            if (kHz.Count > 0 && present >= kHz[^1])
            {
                break;
            }

            kHz.Add(present);
            Require(link, ScaleUnit.Down);
        }

        Require(link, ScaleUnit.Max);
        return new PStateTable([.. kHz], 0, kHz.Count - 1, TransitionLatencyNs);
    }

    private static void Require(GuestChannelLink link, ScaleUnit unit)
    {
        GuestChannelOutcome outcome = link.Scale(unit, 1, out int acked);
        if (outcome != GuestChannelOutcome.Answered || acked == 0)
        {
            throw new FrequencyControlUnavailableException(outcome == GuestChannelOutcome.Answered
                ? $"The host refused SCALE_{unit.ToString().ToUpperInvariant()} over the guest channel. Grant this guest control there."
                : $"The host did not answer SCALE_{unit.ToString().ToUpperInvariant()} over the guest channel in time ({outcome}). Check that it serves this VM's port.");
        }
    }

    private static uint Ask(GuestChannelLink link)
    {
        GuestChannelOutcome outcome = link.AskFrequency(out uint kHz);
        return outcome == GuestChannelOutcome.Answered && kHz > 0
            ? kHz
            : throw new FrequencyControlUnavailableException(
                "The host scales over the guest channel but does not tell frequencies, and the channel tells no P-states otherwise. "
                + "Allow queries for this VM on the host (with DPDK's daemon: set_query VM enable, and GuestName as the VM is called there), or give GuestChannelOptions.PStates.");
    }
}
