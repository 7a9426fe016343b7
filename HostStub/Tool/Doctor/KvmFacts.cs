using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Doctor;

/// <summary>What /dev/kvm answers.</summary>
/// <param name="Problem">Why it cannot be used, with the remedy; null when it can.</param>
/// <param name="Flavour">The loaded vendor module, or "unknown".</param>
/// <param name="XenFlags">KVM_CHECK_EXTENSION of KVM_CAP_XEN_HVM; 0 without CONFIG_KVM_XEN.</param>
internal sealed record KvmFacts(string? Problem, string Flavour, int XenFlags)
{
    /// <summary>KVM hands hypercalls of any privilege level to user space.</summary>
    public bool InterceptsHypercalls => (XenFlags & KvmConst.KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL) != 0;

    /// <summary>Opens /dev/kvm, asks, and closes it.</summary>
    public static KvmFacts Ask()
    {
        try
        {
            using KvmSystem kvm = KvmSystem.Open();
            return new KvmFacts(null, KvmSystem.Flavour, kvm.CheckExtension(KvmConst.KVM_CAP_XEN_HVM));
        }
        catch (KvmException e)
        {
            return new KvmFacts(e.Message, KvmSystem.Flavour, 0);
        }
    }
}
