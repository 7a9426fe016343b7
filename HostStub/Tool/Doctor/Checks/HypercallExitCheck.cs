namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Can KVM hand hypercalls of user space to hoststub?</summary>
internal sealed class HypercallExitCheck(KvmFacts kvm) : ICheck
{
    public IEnumerable<Finding> Run()
    {
        const string Name = "kvm-xen";
        yield return kvm.Problem is not null ? new Finding(Name, FindingStatus.NotHere, "Not known: /dev/kvm does not open.")
            : kvm.InterceptsHypercalls ? new Finding(Name, FindingStatus.Ok, "KVM_XEN: KVM hands hypercalls of any privilege level to hoststub.", "The hypercall doorbell works, beside port and MMIO.")
            : new Finding(Name, FindingStatus.Warning, $"No KVM_XEN: KVM_CAP_XEN_HVM is 0x{kvm.XenFlags:x}, without INTERCEPT_HCALL.",
                "KVM refuses hypercalls of user space itself. The port and MMIO doorbells work; they need root in the guest.",
                "For the hypercall doorbell boot a kernel with CONFIG_KVM_XEN=y, such as Debian's 6.12.");
    }
}
