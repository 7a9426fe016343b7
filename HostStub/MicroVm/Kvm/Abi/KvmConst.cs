namespace PollScale.HostStub.Kvm.Abi;

/// <summary>Capabilities, flags and limits of KVM (linux/kvm.h), kernel names verbatim.</summary>
internal static class KvmConst
{
    public const int KVM_API_VERSION = 12;

    public const int KVM_CAP_XEN_HVM = 38;
    public const int KVM_CAP_XCRS = 56;
    public const int KVM_CAP_GET_TSC_KHZ = 61;
    public const int KVM_CAP_MAX_VCPUS = 66;
    public const int KVM_CAP_SYNC_REGS = 74;
    public const int KVM_CAP_READONLY_MEM = 81;
    public const int KVM_CAP_IMMEDIATE_EXIT = 136;

    public const uint KVM_MEM_READONLY = 2;

    public const ulong KVM_SYNC_X86_REGS = 1;

    public const int KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL = 2;
    public const uint KVM_EXIT_XEN_HCALL = 1;

    public const byte KVM_EXIT_IO_IN = 0;
    public const byte KVM_EXIT_IO_OUT = 1;

    public const uint KVM_VCPU_TSC_CTRL = 0;
    public const ulong KVM_VCPU_TSC_OFFSET = 0;

    public const uint KVM_CPUID_FLAG_SIGNIFCANT_INDEX = 1;
}
