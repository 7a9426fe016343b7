using PollScale.Native;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>Looks at the shared page without a call.</summary>
internal static class RegionSurvey
{
    private const string Name = "region";

    // Counted in the lab: a request over virtio-serial costs the guest some 220,000 instructions, a ring some 4,500.
    private const string Preferred = "A request is one store there and a ring that the host's kernel takes up, some fiftieth of a packet over virtio-serial: it is preferred to guest-channel.";

    /// <summary>Says whether it can be used.</summary>
    /// <param name="root">Folder that stands for "/".</param>
    /// <param name="cpu">CPU of the lcore; null takes the one that the thread is pinned to, and any where it is not.</param>
    /// <param name="cpuid">Reads a leaf of the running CPU.</param>
    /// <param name="probe">Tries the hypercall instruction in a child process; asked only where the host observes it.</param>
    public static TransportReport Run(string root, int? cpu, CpuidReader cpuid, Func<ProbeResult> probe)
    {
        try
        {
            using RegionDevice device = RegionDiscovery.Open(root);
            RegionHeader header = RegionTransport.Read(device);
            string device0 = Path.GetFileName(device.Folder);
            if (cpu is null && ThreadAffinity.Read(out int _) != 1)
            {
                return new TransportReport(Name, true, $"{device0} has the host's page, for {header.ApicIds.Count} vCPUs. The thread has to be pinned before it is opened. {Preferred}{Hypercalls(header, probe)}", "");
            }

            int vcpu = RegionTransport.FindVcpu(header, cpu, cpuid);
            using SlotHold hold = SlotHold.Take(device, header, vcpu);
            return new TransportReport(Name, true, $"{device0} has the host's page, and vCPU {vcpu}'s slot is free. {Preferred}{Hypercalls(header, probe)}", "");
        }
        catch (RegionUnavailableException e)
        {
            return new TransportReport(Name, false, e.Why, e.Remedy);
        }
        catch (FrequencyControlUnavailableException e)
        {
            return new TransportReport(Name, false, e.Message, "Use an SDK and a host stub of the same release.");
        }
    }

    private static string Hypercalls(RegionHeader header, Func<ProbeResult> probe)
    {
        if ((header.Flags & RegionFlags.HypercallsObserved) == 0)
        {
            return "";
        }

        ProbeResult tried = probe();
        return tried.Outcome is ProbeOutcome.Usable or ProbeOutcome.Refused
            ? " The host observes the hypercall instruction, which may ring too (RegionOptions.RingByHypercall); the doorbell is preferred, for it costs no more."
            : $" The host observes the hypercall instruction, but, tried in a child process, it was {tried}: the doorbell rings.";
    }
}
