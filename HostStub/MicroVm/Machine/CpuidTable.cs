using PollScale.HostStub.Kvm.Abi;
using PollScale.Hypercall;

namespace PollScale.HostStub.Machine;

/// <summary>The CPUID leaves a guest sees: what KVM supports, plus the PollScale interface of hypercall-abi.md.</summary>
internal static class CpuidTable
{
    private const uint KvmSignatureLeaf = 0x4000_0000;
    private const uint HypervisorLeafMask = 0xFFFF_FF00;

    /// <summary>Builds the table.</summary>
    /// <param name="supported">KVM_GET_SUPPORTED_CPUID.</param>
    /// <param name="doorbells">Doorbells that work for this guest.</param>
    /// <param name="pStates">P-states and limits it is shown.</param>
    /// <param name="granted">Policy grants it control.</param>
    /// <param name="emulated">P-states are emulated.</param>
    /// <param name="tscKHz">TSC frequency; 0 leaves the timing leaf out.</param>
    public static kvm_cpuid_entry2[] Build(IEnumerable<kvm_cpuid_entry2> supported, Doorbells doorbells, PStateTable pStates, bool granted, bool emulated, uint tscKHz)
    {
        List<kvm_cpuid_entry2> table = [.. supported.Where(e => (e.function & HypervisorLeafMask) != HypercallAbi.CpuidBase && e.function != HypercallAbi.CpuidTimingLeaf)];
        HideKvmFeatures(table);
        AddLzcnt(table);
        if (tscKHz > 0)
        {
            int signature = table.FindIndex(e => e.function == KvmSignatureLeaf);
            if (signature >= 0)
            {
                table[signature] = table[signature] with { eax = Math.Max(table[signature].eax, HypercallAbi.CpuidTimingLeaf) };
            }

            table.Add(new kvm_cpuid_entry2 { function = HypercallAbi.CpuidTimingLeaf, eax = tscKHz });
        }

        uint tableLeaves = (uint)(pStates.Count + 3) / 4;
        const uint Base = HypercallAbi.CpuidBase;
        table.Add(new kvm_cpuid_entry2
        {
            function = Base,
            eax = Base + HypercallAbi.CpuidTable + tableLeaves - 1,
            ebx = HypercallAbi.SignatureEbx,
            ecx = HypercallAbi.SignatureEcx,
            edx = HypercallAbi.SignatureEdx,
        });
        table.Add(new kvm_cpuid_entry2
        {
            function = Base + HypercallAbi.CpuidFeatures,
            eax = HypercallAbi.Version,
            ebx = (uint)doorbells,
            ecx = HypercallAbi.PortBase,
            edx = (granted ? HypercallAbi.FlagControlGranted : 0) | (emulated ? HypercallAbi.FlagEmulated : 0),
        });
        table.Add(new kvm_cpuid_entry2
        {
            function = Base + HypercallAbi.CpuidPages,
            eax = (uint)GuestLayout.DoorbellPage,
            ebx = (uint)(GuestLayout.DoorbellPage >> 32),
            ecx = (uint)GuestLayout.StatusPage,
            edx = (uint)(GuestLayout.StatusPage >> 32),
        });
        table.Add(new kvm_cpuid_entry2
        {
            function = Base + HypercallAbi.CpuidLimits,
            eax = (uint)pStates.Count,
            ebx = (uint)pStates.FastestAllowed,
            ecx = (uint)pStates.SlowestAllowed,
            edx = pStates.TransitionLatencyNs,
        });

        uint KHz(int index) => index < pStates.Count ? pStates[index] : 0;
        for (int leaf = 0; leaf < tableLeaves; leaf++)
        {
            table.Add(new kvm_cpuid_entry2
            {
                function = Base + HypercallAbi.CpuidTable + (uint)leaf,
                eax = KHz(4 * leaf),
                ebx = KHz((4 * leaf) + 1),
                ecx = KHz((4 * leaf) + 2),
                edx = KHz((4 * leaf) + 3),
            });
        }

        return [.. table];
    }

    // KVM's features serve guest kernels, and this guest has none; with the hypercall intercept, KVM's own calls would come here.
    private static void HideKvmFeatures(List<kvm_cpuid_entry2> table)
    {
        const uint KvmFeatureLeaf = 0x4000_0001;
        int features = table.FindIndex(e => e.function == KvmFeatureLeaf);
        if (features >= 0)
        {
            table[features] = new kvm_cpuid_entry2 { function = KvmFeatureLeaf };
        }
    }

    // kvm_pvm leaves LZCNT out of its supported set, though no hypervisor can take an unprivileged instruction away, and code compiled
    // for x86-64-v3 refuses to start without it.
    private static void AddLzcnt(List<kvm_cpuid_entry2> table)
    {
        const uint ExtendedFeatures = 0x8000_0001, Lzcnt = 1 << 5;
        int extended = table.FindIndex(e => e.function == ExtendedFeatures);
        if (extended >= 0 && System.Runtime.Intrinsics.X86.Lzcnt.X64.IsSupported)
        {
            table[extended] = table[extended] with { ecx = table[extended].ecx | Lzcnt };
        }
    }
}
