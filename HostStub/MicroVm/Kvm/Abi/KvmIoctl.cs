namespace PollScale.HostStub.Kvm.Abi;

/// <summary>ioctl requests of /dev/kvm, its VMs and its vCPUs (linux/kvm.h); only those needed here appear.</summary>
internal static class KvmIoctl
{
    public const uint KVM_GET_API_VERSION = 0xAE00;
    public const uint KVM_CREATE_VM = 0xAE01;
    public const uint KVM_CHECK_EXTENSION = 0xAE03;
    public const uint KVM_GET_VCPU_MMAP_SIZE = 0xAE04;
    public const uint KVM_GET_SUPPORTED_CPUID = 0xC008AE05;
    public const uint KVM_CREATE_VCPU = 0xAE41;
    public const uint KVM_SET_USER_MEMORY_REGION = 0x4020AE46;
    public const uint KVM_SET_TSS_ADDR = 0xAE47;
    public const uint KVM_SET_IDENTITY_MAP_ADDR = 0x4008AE48;
    public const uint KVM_XEN_HVM_CONFIG = 0x4038AE7A;
    public const uint KVM_RUN = 0xAE80;
    public const uint KVM_GET_REGS = 0x8090AE81;
    public const uint KVM_SET_REGS = 0x4090AE82;
    public const uint KVM_GET_SREGS = 0x8138AE83;
    public const uint KVM_SET_SREGS = 0x4138AE84;
    public const uint KVM_SET_MSRS = 0x4008AE89;
    public const uint KVM_SET_CPUID2 = 0x4008AE90;
    public const uint KVM_GET_TSC_KHZ = 0xAEA3;
    public const uint KVM_GET_XSAVE = 0x9000AEA4;
    public const uint KVM_SET_XSAVE = 0x5000AEA5;
    public const uint KVM_SET_XCRS = 0x4188AEA7;
    public const uint KVM_SET_DEVICE_ATTR = 0x4018AEE1;
}
