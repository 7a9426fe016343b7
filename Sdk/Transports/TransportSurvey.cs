using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Looks at every transport without keeping or changing anything.</summary>
internal sealed class TransportSurvey(TransportSurveyOptions options, CpuidReader cpuid, Func<ProbeResult> tryHypercall, CpuidReader regionCpuid)
{
    private const string PhysicalMemory = "/dev/mem";

    public IReadOnlyList<TransportReport> Run()
    {
        HostInterface? host = null;
        string? broken = null;
        try
        {
            host = CpuidDiscovery.Find(cpuid);
        }
        catch (FrequencyControlUnavailableException e)
        {
            broken = e.Message;
        }

        return
        [
            broken is null ? Hypercall(host) : Broken("hypercall", broken),
            broken is null ? Offered(host, Doorbells.Port, "port", found => new PortDoorbell(found.PortBase)) : Broken("port", broken),
            broken is null ? Offered(host, Doorbells.Mmio, "mmio", found => new MmioDoorbell(PhysicalMemory, found.DoorbellPage)) : Broken("mmio", broken),
            RegionSurvey.Run(options.Root, options.Cpu, regionCpuid, tryHypercall),
            GuestChannel(),
            Cpufreq(),
            Socket(),
            new("loopback", true, "Calls are answered in this process and change no clock: for tests, and to run without frequency control.", ""),
        ];
    }

    private static TransportReport Broken(string name, string message) => new(name, false, message, "Use an SDK and a host stub of the same release.");

    private TransportReport Hypercall(HostInterface? host)
    {
        const string Name = "hypercall";
        if (host is not null)
        {
            return (host.Doorbells & Doorbells.Hypercall) != 0
                ? new TransportReport(Name, true, "The PollScale host in CPUID offers the hypercall instruction.", "")
                : NotOffered(Name, host, " The instruction needs a host kernel with CONFIG_KVM_XEN; `hoststub doctor` on the host says whether it has it.");
        }

        ProbeResult probe = tryHypercall();
        if (probe.Outcome == ProbeOutcome.Usable && new FrequencyReply(probe.Value) is { IsError: false, High: HypercallAbi.Version })
        {
            return new TransportReport(Name, true, $"{CpuidDiscovery.NoHost}, but the instruction, tried in a child process, was answered as PollScale's host answers Hello.", "");
        }

        return new TransportReport(Name, false, $"{CpuidDiscovery.NoHost}, and the instruction, tried in a child process, was {probe}.", "Run inside a VM of a PollScale host stub.");
    }

    private static TransportReport Offered(HostInterface? host, Doorbells doorbell, string name, Func<HostInterface, IDoorbell> open)
    {
        if (host is null)
        {
            return new TransportReport(name, false, $"{CpuidDiscovery.NoHost}, which would say where the doorbell is.", "Run inside a VM of a PollScale host stub.");
        }

        if ((host.Doorbells & doorbell) == 0)
        {
            return NotOffered(name, host, "");
        }

        try
        {
            OnOwnThread(() => open(host).Dispose());
            return new TransportReport(name, true, "The PollScale host in CPUID offers it, and it opens.", "");
        }
        catch (FrequencyControlUnavailableException e)
        {
            return new TransportReport(name, false, e.Message, "Run as root, or with CAP_SYS_RAWIO, or take another doorbell.");
        }
    }

    private static TransportReport NotOffered(string name, HostInterface host, string more) =>
        new(name, false, $"The PollScale host in CPUID offers {host.Doorbells}, not this.", $"Enable it on the host (hoststub run --doorbell).{more}");

    // Port permission is a thread's: asked for on this one, it would take away what an open transport of this thread has.
    private static void OnOwnThread(Action action)
    {
        FrequencyControlUnavailableException? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (FrequencyControlUnavailableException e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private TransportReport GuestChannel()
    {
        const string Name = "guest-channel";
        const string Port = "Add the port to the VM on its host (docs/operating.md, 'Guest channel'). Where it has one and none shows here: modprobe virtio_console.";
        try
        {
            string path = GuestChannelPort.Find(options.Root, options.Lcore);
            return FilePermission.Check(path, writable: true) is int error and not 0
                ? new TransportReport(Name, false, $"{path} may not be opened by this user: {LibC.strerror(error)}.", "Run as root, or give a group the device by a udev rule with GROUP=.")
                : new TransportReport(Name, true, $"{path} is there and may be opened. It was not: the host would see that, and the port takes one program at a time.", "");
        }
        catch (FrequencyControlUnavailableException e)
        {
            return new TransportReport(Name, false, e.Message, Port);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TransportReport(Name, false, $"The ports cannot be listed: {e.Message}", "Run as root.");
        }
    }

    private TransportReport Cpufreq()
    {
        const string Name = "cpufreq";
        try
        {
            CpufreqTree tree = new(options.CpufreqRoot);
            int policy = CpufreqSurvey.PolicyFor(tree, options.Cpu);
            CpufreqPolicy found = CpufreqSurvey.Require(tree, policy, options.LeaseFolder);
            return new TransportReport(Name, true, $"Policy {policy} is driven by {found.DriverName} and may be written.", "");
        }
        catch (CpufreqException e)
        {
            return new TransportReport(Name, false, e.Message, CpufreqSurvey.WhatToDo(e.Problem));
        }
    }

    private TransportReport Socket()
    {
        const string Name = "socket";
        const string Remedy = "Start the application by `hoststub run --no-vm`, which hands one down.";
        return options.SocketFd < 0 ? new TransportReport(Name, false, "No host stub handed a socket to this process.", Remedy)
            : FilePermission.IsSocket(options.SocketFd) ? new TransportReport(Name, true, $"Descriptor {options.SocketFd} is a socket.", "")
            : new TransportReport(Name, false, $"Descriptor {options.SocketFd} is no socket.", Remedy);
    }
}
