using System.Globalization;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Module;

/// <summary>Errors of /dev/pollscale in words: what happened, why, what to do. HostStub/kmod/pollscale_kvm.h lists them.</summary>
internal static class ModuleErrors
{
    private const string Device = ModuleDevice.DevicePath;

    /// <summary>Why it cannot be opened.</summary>
    public static string OfOpen(int error) => error switch
    {
        LibC.ENOENT or LibC.ENXIO or LibC.ENODEV => $"{Device} is not there: the kernel module pollscale_kvm is not loaded. Build it (HostStub/kmod/README.md) and load it: modprobe pollscale_kvm, or insmod; dmesg says why it does not load.",
        LibC.EACCES or LibC.EPERM => $"{Device} is root's alone: run as root, or as a service with the drop-in module.conf, whose first lines give it to a group.",
        LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM => $"{Device} cannot be opened: {LibC.strerror(error)}. It is tried again.",
        _ => $"{Device} cannot be opened: {LibC.strerror(error)}.",
    };

    /// <summary>Why a vCPU was not granted.</summary>
    public static string OfGrant(int error, VcpuThread thread, CompiledPolicy policy)
    {
        string pCpu = string.Create(CultureInfo.InvariantCulture, $"pCPU {policy.Pcpu}"), folder = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{policy.Pcpu}");
        return error switch
        {
            LibC.EINVAL => $"the module takes no such grant: it is of another version than hoststub, or {pCpu} has a table that it does not take. Build and load the module that came with this hoststub.",
            LibC.ESRCH => $"thread {thread.Thread} of process {thread.Process} has ended. The vCPU's thread is looked for again.",
            LibC.ENOSPC => $"{ModuleAbi.MAX_GRANTS} vCPUs are granted, which is all that one daemon may. Grant fewer: leave hypercall: module out of guests that can do without.",
            LibC.EEXIST => $"thread {thread.Thread} of process {thread.Process} has a grant, which another program gave it. End that program: see who has {Device} open (fuser {Device}).",
            LibC.ENXIO => $"{pCpu} is not online. Bring it online: echo 1 > {folder}/online.",
            LibC.ENODEV => $"{pCpu} has no cpufreq policy: no driver sets its frequency. Load one (modprobe acpi-cpufreq), or set the firmware to let the system choose P-states.",
            LibC.EBUSY => $"{pCpu}, or a hyperthread of its core, is granted to another vCPU by another program. End that program: see who has {Device} open (fuser {Device}).",
            LibC.EMLINK => $"{pCpu} shares its cpufreq policy with other CPUs ({folder}/cpufreq/related_cpus), whose frequency would change with it. Leave hypercall: module out, the daemon weighs their wishes.",
            LibC.EOPNOTSUPP => $"the governor of {pCpu} is not userspace, so nobody has taken its policy over: the driver is in a mode that has none (see scaling_driver in docs/operating.md: intel_pstate=passive, "
                + "amd_pstate=passive), or another program set the governor.",
            LibC.ETIME => $"the cpufreq driver of {pCpu} takes 1 ms or more for a change, or does not say ({folder}/cpufreq/cpuinfo_transition_latency): too long for an exit. Leave hypercall: module out.",
            LibC.ERANGE => $"an allowed frequency of {pCpu} is none that its driver has: the driver was changed, or turbo was switched. It is tried again when hoststub has seen it.",
            _ => $"{LibC.strerror(error)}. It is tried again.",
        };
    }
}
