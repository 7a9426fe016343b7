using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.Hypercall;

namespace PollScale.HostStub.Vm;

/// <summary>Which doorbells this host can give a guest.</summary>
internal static class DoorbellSupport
{
    /// <summary>Prepares the doorbells asked for.</summary>
    /// <returns>Those the guest's CPUID shall advertise.</returns>
    /// <exception cref="GuestSetupException">The host's kernel lacks the one asked for.</exception>
    public static Doorbells Offer(KvmVm vm, DoorbellChoice choice)
    {
        const Doorbells Always = Doorbells.Port | Doorbells.Mmio;
        switch (choice)
        {
            case DoorbellChoice.Port:
                return Doorbells.Port;
            case DoorbellChoice.Mmio:
                return Doorbells.Mmio;
            case DoorbellChoice.Hypercall:
                return vm.TryInterceptHypercalls()
                    ? Doorbells.Hypercall
                    : throw new GuestSetupException("This kernel's KVM cannot hand hypercalls to user space: it is built without CONFIG_KVM_XEN (KVM_CAP_XEN_HVM has no INTERCEPT_HCALL). Use --doorbell port, or a kernel with CONFIG_KVM_XEN=y, such as Debian's 6.12.");
            default:
                return vm.TryInterceptHypercalls() ? Always | Doorbells.Hypercall : Always;
        }
    }

    /// <summary>Name of the doorbell the Sdk prefers among these.</summary>
    public static string NameOfPreferred(Doorbells doorbells) =>
        doorbells.HasFlag(Doorbells.Hypercall) ? "hypercall" : doorbells.HasFlag(Doorbells.Port) ? "port" : "mmio";
}
