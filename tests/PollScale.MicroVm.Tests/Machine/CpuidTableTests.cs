using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Machine;

public class CpuidTableTests
{
    private const uint KvmSignature = 0x4000_0000, KvmFeatures = 0x4000_0001;

    [Fact]
    public void Kvm_keeps_its_signature_and_offers_no_features()
    {
        kvm_cpuid_entry2[] table = Build(
            new kvm_cpuid_entry2 { function = 1, eax = 11, ebx = 12, ecx = 13, edx = 14 },
            new kvm_cpuid_entry2 { function = KvmSignature, eax = KvmFeatures, ebx = 0x4B4D_564B, ecx = 0x564B_4D56, edx = 0x4D },
            new kvm_cpuid_entry2 { function = KvmFeatures, eax = 0x0100_7EFB, ebx = 1, ecx = 2, edx = 3 });

        kvm_cpuid_entry2 features = table.Single(e => e.function == KvmFeatures);
        Assert.Equal((0u, 0u, 0u, 0u), (features.eax, features.ebx, features.ecx, features.edx));
        kvm_cpuid_entry2 signature = table.Single(e => e.function == KvmSignature);
        Assert.Equal((HypercallAbi.CpuidTimingLeaf, 0x4B4D_564Bu, 0x564B_4D56u, 0x4Du), (signature.eax, signature.ebx, signature.ecx, signature.edx));
        Assert.Equal((11u, 12u, 13u, 14u), table.Where(e => e.function == 1).Select(e => (e.eax, e.ebx, e.ecx, e.edx)).Single());
    }

    [Fact]
    public void A_kvm_without_a_feature_leaf_gets_none() => Assert.DoesNotContain(Build(), e => e.function == KvmFeatures);

    [Fact]
    public void The_doorbells_and_flags_given_are_those_shown()
    {
        kvm_cpuid_entry2 features = Build().Single(e => e.function == HypercallAbi.CpuidBase + HypercallAbi.CpuidFeatures);
        Assert.Equal(((uint)Doorbells.Port, HypercallAbi.FlagEmulated), (features.ebx, features.edx));
    }

    private static kvm_cpuid_entry2[] Build(params kvm_cpuid_entry2[] supported) =>
        CpuidTable.Build(supported, Doorbells.Port, new PStateTable([2_000_000, 1_000_000], 0, 1, 1000), granted: false, emulated: true, tscKHz: 2_000_000);
}
