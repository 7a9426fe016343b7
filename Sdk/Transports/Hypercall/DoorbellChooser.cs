using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Opens the doorbell asked for, or the best of those offered.</summary>
internal static class DoorbellChooser
{
    // In order of cost: the hypercall needs no permission, the port no mapping.
    private static readonly Doorbells[] s_order = [Doorbells.Hypercall, Doorbells.Port, Doorbells.Mmio];

    public static IDoorbell Open(HostInterface host, Doorbells wanted, CpuidReader cpuid, string device)
    {
        if (wanted != Doorbells.None)
        {
            if (Array.IndexOf(s_order, wanted) < 0)
            {
                throw new ArgumentException($"Ask for one doorbell (hypercall, port or mmio), not {wanted}.", nameof(wanted));
            }

            return (host.Doorbells & wanted) != 0
                ? OpenOne(host, wanted, cpuid, device)
                : throw new FrequencyControlUnavailableException(
                    $"The {wanted} doorbell was asked for, but the host offers {host.Doorbells}. Ask for one of those, or enable it in the host stub.");
        }

        List<string> failures = [];
        foreach (Doorbells candidate in s_order)
        {
            if ((host.Doorbells & candidate) == 0)
            {
                continue;
            }

            try
            {
                return OpenOne(host, candidate, cpuid, device);
            }
            catch (FrequencyControlUnavailableException exception)
            {
                failures.Add(exception.Message);
            }
        }

        throw new FrequencyControlUnavailableException(failures.Count == 0
            ? "The host describes its frequency service in CPUID but offers no doorbell. Enable one in the host stub."
            : $"No doorbell the host offers could be opened. {string.Join(' ', failures)}");
    }

    private static IDoorbell OpenOne(HostInterface host, Doorbells doorbell, CpuidReader cpuid, string device) => doorbell switch
    {
        Doorbells.Hypercall => new HypercallDoorbell(cpuid),
        Doorbells.Port => new PortDoorbell(host.PortBase),
        _ => new MmioDoorbell(device, host.DoorbellPage),
    };
}
