using System.ComponentModel;

namespace PollScale.Native;

/// <summary>What a refusal of bpf(2) means, and what to do.</summary>
internal static class BpfErrors
{
    private const string Refused =
        "Where it names a helper that cannot be used, the kernel lacks it, or is locked down (/sys/kernel/security/lockdown, as with Secure Boot): use a channel that needs no BPF.";

    /// <summary>An exception for the calling thread's last failed call.</summary>
    /// <param name="operation">What was tried.</param>
    /// <param name="detail">What the kernel said beside the number; empty for nothing.</param>
    public static Win32Exception Failure(string operation, string detail = "")
    {
        int error = LibC.errno;
        return new Win32Exception(error, $"{operation} failed: {LibC.strerror(error)}. {(detail.Length == 0 ? Advice(error) : $"This kernel's verifier refuses it: {detail}. {Refused}")}");
    }

    /// <summary>Why, and what to do.</summary>
    /// <param name="error">The error number.</param>
    public static string Advice(int error) => error switch
    {
        LibC.EPERM or LibC.EACCES =>
            "The kernel does not let this process: run as root or with CAP_BPF and CAP_PERFMON (for writes into a process CAP_SYS_ADMIN), and where "
            + "/sys/kernel/security/lockdown says integrity or confidentiality, as with Secure Boot, use a channel that needs no BPF.",
        LibC.ENOENT => "This kernel has no such tracepoint now: load the module that has it (kvm, with kvm_amd or kvm_intel).",
        LibC.ENOSYS => "This kernel was built without bpf(2): CONFIG_BPF_SYSCALL is needed.",
        LibC.EINVAL => "This kernel does not know a kind of map, a helper or an argument of it, or its tracepoint has fewer arguments: Linux 5.11 or newer is needed.",
        LibC.ENOMEM or LibC.E2BIG => "There is no memory for it, or it is larger than the kernel allows (before Linux 5.11 RLIMIT_MEMLOCK counts too).",
        _ => "See bpf(2).",
    };
}
