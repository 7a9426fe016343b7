using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Peer;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Memif.Control;
using PollScale.Notation;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Cli;

/// <summary>What --help says beyond the options.</summary>
internal static class HelpText
{
    public const string Examples =
        """
        Examples:
          hoststub demo                                        15 s of bursty traffic through the sample forwarder
          hoststub demo --traffic constant:rate=1Mpps --duration 5s --json
          hoststub run ./queuescaler --pcap trace.pcap --pcap-speed 2
          hoststub run ./queuescaler --pcap trace.pcap.gz --pcap-speed max --pcap-out forwarded.pcap --default-route
          hoststub run ./guestprobe -- selftest                no traffic: does a VM on this machine carry the .NET runtime?
          hoststub run ./queuescaler --traffic bursty --policy policy.yaml --as forwarder --audit audit.jsonl
          hoststub run ./queuescaler --traffic bursty --cpu 3 --frequency cpufreq --allow-frequency-control
          hoststub run --memif /run/memif.sock,role=server --traffic constant:rate=1Mpps    a DPDK, VPP or libmemif peer instead of a guest
          hoststub serve --policy /etc/pollscale/policy.yaml --audit /var/log/pollscale/audit.jsonl
          hoststub serve --channel vm0:0:connect:/run/vm0.poweragent.0 --allow-queries
          hoststub status                                      what each vCPU wishes, is granted and has, and why: exit code 0 where all is well
          hoststub top                                         the same, live
          hoststub set forwarder/0 --fastest 2GHz              an operator's bounds, within the policy's; --reset ends them
          hoststub guest forwarder --policy /etc/pollscale/policy.yaml --for libvirt    what to add to that VM
          hoststub doctor --for run --ring 4096 --line-rate 3Mpps    what works here, and whether loss can be ruled out
          hoststub simulate --governor optimal-available,max   governors compared in simulation; docs/simulation.md
        """;

    /// <summary>Traffic that run, demo and simulate take.</summary>
    public static string Traffic { get; } =
        $"""
        Workloads: {string.Join(", ", Workloads.Standard.Select(workload => workload.Name))}
        Traffic models, several joined by +, with parameters as model:parameter=value,parameter=value (docs/simulation.md has ranges and defaults):
        {string.Join("\n", TrafficModels.All.Select(model => $"  {model.Name,-20} {string.Join(", ", model.Parameters.Select(parameter => parameter.Name))}"))}
          {"pcap",-20} file, speed
        Rates in pps, kpps, Mpps or %; times in {TimeText.Units}. For instance:
        {TrafficProfile.Forms}
        """;

    /// <summary>What --memif takes.</summary>
    public static string Memif { get; } =
        $"""
        A memif peer, --memif SOCKET,option=value,.. (docs/memif.md): {string.Join(", ", MemifSpec.Settings.All.Select(setting => setting.Name))}. What it
        forwards is told from what it lost, reordered or doubled by a stamp in each frame. No peer within {Human.Round(PeerOptions.UsualPeerLimit.TotalSeconds)} s is exit code 5.
        """;

    public const string Channels =
        """
        With --policy the file names the channels, the pCPUs and what each guest may do (docs/operating.md, docs/examples/policy.yaml). Real
        frequencies (--frequency cpufreq) are changed for guests with control: true only, and given back at the end. SIGHUP reads the file
        again: an invalid one changes nothing, channels that stay keep their peer.
        Channels of --channel, NAME:VCPU:KIND:PATH (docs/operating.md has the lines for QEMU and libvirt):
          connect  a unix socket that QEMU listens on: -chardev socket,path=PATH,server=on,wait=off
          listen   a unix socket that QEMU connects to: -chardev socket,path=PATH,reconnect=1
          device   a character device, such as the pty of -chardev pty
          pty      a pty made here and linked at PATH, for a DPDK program beside hoststub
        VCPU is the lcore's number in the port's name, virtio.serial.port.poweragent.VCPU. P-states are simulated, each channel's for itself.
        Ctrl-C or SIGTERM ends it with status 0.
        """;

    public const string Operate =
        """
        They ask the hoststub serve of this machine by its control socket (/run/pollscale/control.sock, then $XDG_RUNTIME_DIR/pollscale/control.sock, or
        --control PATH). Only root, the daemon's user and the socket's group may: under systemd group pollscale-operator.
        Frequencies are in MHz: what the vCPU last asked for, what of it policy granted, what its core really has; "why" says what makes the difference.
        What set does holds within the bounds of the policy file, never beyond them, until it is changed, reset or the file is read again; it is
        noted in the audit log with the user's number.
        """;

    public const string Guest =
        """
        The policy file says which channels the guest has; this says what its VM needs for them, with a comment for each part:
          shmem                 an ivshmem-doorbell device: the page that it shares with hoststub serve, which must run before the VM starts
          channel: connect      a port of virtio-serial, DPDK's guest channel
          channel: debugcon     a debug port for each vCPU and an ACPI table with P-states: nothing in the guest is changed, its own kernel's
                                cpufreq governors (and DPDK's librte_power) then set the speed of the pCPU, one byte a change, without an answer
        and beside it pinning (vcpupin), thread names and the process file by which hoststub checks the pinning.
          hoststub guest forwarder --policy policy.yaml --for qemu | grep -v '^#' | xargs qemu-system-x86_64 -accel kvm -cpu host -smp 2 ...
          hoststub guest forwarder --policy policy.yaml --frequency cpufreq --acpi-table /etc/pollscale/forwarder.aml --for libvirt
        The table has the P-states within the guest's bounds of now, and a VM keeps those that it started with. hoststub serve holds each byte to the
        policy of the day; write the table anew after a change of bounds, driver or turbo.
        """;

    public const string Doctor =
        """
        Exit code 0 says usable, 2 not; --for says for what:
          run    /dev/kvm opens, and the lcore's pCPU may be used; P-states are emulated where cpufreq does not work
          serve  unix sockets can be made
          guest  a transport other than loopback works for an application on this machine or in this VM
        A loss certificate (--ring, --line-rate) says whether a governor can rule out loss; it does not change the exit code.
        """;

    /// <summary>Governors and traffic that simulate takes.</summary>
    public static string Simulate { get; } =
        $"""
        Governors, with options as name:option=value,option=value:
        {ComparedGovernors.Help}
        {Traffic}
        Costs of --costs, factors on what --cycles-per-packet and --memory-ns say, multiplied; for instance flows:count=16,train=32+steal:gap=20ms
        {PacketCosts.Help}
        """;

    public static string ExitCodes { get; } = $"Exit codes:\n{ExitCodeText.Table}";
}
