using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Exits;

/// <summary>Sentences for exits that end a guest.</summary>
internal static class ExitText
{
    /// <summary>Says what an exit means, with KVM's own numbers.</summary>
    public static string Describe(KvmVcpu vcpu)
    {
        ref kvm_run run = ref vcpu.Run;
        return run.exit_reason switch
        {
            KvmExit.SHUTDOWN => "it shut its vCPU down (KVM_EXIT_SHUTDOWN, a triple fault)",
            KvmExit.HLT => "it halted its vCPU (KVM_EXIT_HLT)",
            KvmExit.FAIL_ENTRY => $"KVM could not enter it (KVM_EXIT_FAIL_ENTRY, hardware reason 0x{run.fail_entry.hardware_entry_failure_reason:x})",
            KvmExit.INTERNAL_ERROR => InternalError(ref run.@internal),
            KvmExit.UNKNOWN => $"KVM left it for an unknown reason (hardware reason 0x{run.hw.hardware_exit_reason:x})",
            _ => $"KVM left it with exit reason {(uint)run.exit_reason} (KVM_EXIT_{run.exit_reason}), which a micro-VM does not use",
        };
    }

    private static string InternalError(ref kvm_exit_internal error)
    {
        const uint KVM_INTERNAL_ERROR_EMULATION = 1;
        return error.suberror == KVM_INTERNAL_ERROR_EMULATION
            ? "KVM could not emulate its instruction (KVM_EXIT_INTERNAL_ERROR, suberror 1; a vector store to the doorbell page does this)"
            : $"KVM failed (KVM_EXIT_INTERNAL_ERROR, suberror {error.suberror})";
    }
}
