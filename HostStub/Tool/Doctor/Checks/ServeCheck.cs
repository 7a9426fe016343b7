using PollScale.HostStub.Doctor.Files;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Can the channels of VMs be served here?</summary>
internal sealed class ServeCheck(IHostFiles files, Func<int> socketError, Func<bool> comesFirst, Func<string?> unobserved, Func<string?> noProgram, Func<string?> noModule) : ICheck
{
    public const string Name = "serve", Priority = "priority", Hypercalls = "hypercalls", Program = "bpf", Module = "module";

    public IEnumerable<Finding> Run()
    {
        const string Needs = "QEMU itself needs /dev/kvm; serve needs neither that nor vhost, huge pages or a DPDK daemon.";
        if (socketError() is int error and not 0)
        {
            yield return new Finding(Name, FindingStatus.Problem, $"No unix socket can be made: {LibC.strerror(error)}.", Needs, "Allow AF_UNIX (RestrictAddressFamilies= of the unit, the container's seccomp profile).");
            yield break;
        }

        int pty = files.Check("/dev/ptmx", writable: true);
        yield return pty == 0
            ? new Finding(Name, FindingStatus.Ok, "Unix sockets and ptys can be made: hoststub serve can offer DPDK's guest channel, shared pages (QEMU's ivshmem-doorbell) and ACPI P-states.", Needs)
            : new Finding(Name, FindingStatus.Warning, $"Unix sockets can be made, ptys not: /dev/ptmx: {LibC.strerror(pty)}.", $"Channels of kind pty are out. {Needs}", "Mount devpts, or use connect and listen.");

        const string Waits = "Without it a VM's request waits for milliseconds where another program is busy on the same CPU.";
        yield return comesFirst()
            ? new Finding(Priority, FindingStatus.Ok, "Threads that serve VMs come before others (nice -20).", Waits)
            : new Finding(Priority, FindingStatus.Warning, "Threads that serve VMs may not come before others (nice -20).", Waits, "Set LimitNICE=-20 in the unit, as the one that is shipped does, raise the limit (ulimit -e 40), or start serve as root.");

        const string Observed = "Guests with shmem: have the doorbell of their page in any case. Those with Hyper-V enlightenments that have hypercalls of their own, and SEV-ES guests, call past the tracepoint.";
        yield return unobserved() is string problem
            ? new Finding(Hypercalls, FindingStatus.NotHere, $"Hypercalls of guests cannot be observed (hypercall: observed): {problem}", Observed)
            : new Finding(Hypercalls, FindingStatus.Ok, "Hypercalls of guests can be observed (hypercall: observed): the kernel records kvm:kvm_hypercall for this user.", Observed);

        const string Own = "Each vCPU needs a core and a cpufreq policy of its own";
        yield return noProgram() is string refused
            ? new Finding(Program, FindingStatus.NotHere, $"Hypercalls of guests cannot be answered by a BPF program (hypercall: answered): {refused}", Observed)
            : new Finding(Program, FindingStatus.Ok, "Hypercalls of guests can be answered by a BPF program (hypercall: answered): the kernel has taken it from this user, and noted in its log that it may write user memory.", $"{Own}.");

        const string Answered = $"Not answered are guests with Hyper-V enlightenments that have hypercalls of their own, SEV-ES guests and guests within guests. {Own}, with the governor userspace.";
        yield return noModule() is string missing
            ? new Finding(Module, FindingStatus.NotHere, $"Hypercalls of guests cannot be answered by the kernel module (hypercall: module): {missing}", Answered)
            : new Finding(Module, FindingStatus.Ok, "Hypercalls of guests can be answered by the kernel module (hypercall: module): /dev/pollscale opens for this user.", Answered);
    }
}
