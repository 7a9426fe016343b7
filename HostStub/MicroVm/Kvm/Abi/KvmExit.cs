namespace PollScale.HostStub.Kvm.Abi;

/// <summary>Exit reasons of KVM_RUN (linux/kvm.h), named as there without the prefix.</summary>
internal enum KvmExit : uint
{
    UNKNOWN = 0,
    EXCEPTION = 1,
    IO = 2,
    HYPERCALL = 3,
    DEBUG = 4,
    HLT = 5,
    MMIO = 6,
    IRQ_WINDOW_OPEN = 7,
    SHUTDOWN = 8,
    FAIL_ENTRY = 9,
    INTR = 10,
    SET_TPR = 11,
    TPR_ACCESS = 12,
    NMI = 16,
    INTERNAL_ERROR = 17,
    SYSTEM_EVENT = 24,
    IOAPIC_EOI = 26,
    HYPERV = 27,
    X86_RDMSR = 29,
    X86_WRMSR = 30,
    DIRTY_RING_FULL = 31,
    AP_RESET_HOLD = 32,
    X86_BUS_LOCK = 33,
    XEN = 34,
    NOTIFY = 37,
    MEMORY_FAULT = 39,
}
