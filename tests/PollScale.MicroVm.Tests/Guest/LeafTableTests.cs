using System.Runtime.InteropServices;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Kvm.Abi;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class LeafTableTests
{
    [Fact]
    public void The_hypervisors_leaves_and_no_others_are_handed_over()
    {
        byte[] table = LeafTable.Bytes([Entry(0x3FFF_FFFF), Entry(0x4000_0000), Entry(0x4000_0105), Entry(0x4000_FFFF), Entry(0x4001_0000), Entry(1)]);

        IReadOnlyDictionary<uint, CpuidLeaf> leaves = HypervisorLeaves.Parse(MemoryMarshal.Cast<byte, uint>(table));
        Assert.Equal([0x4000_0000u, 0x4000_0105u, 0x4000_FFFFu], leaves.Keys.Order());
        Assert.All(leaves, leaf => Assert.Equal(new CpuidLeaf(leaf.Key + 1, leaf.Key + 2, leaf.Key + 3, leaf.Key + 4), leaf.Value));
    }

    [Fact]
    public void A_process_that_was_handed_none_reads_its_CPU() => Assert.Equal(Cpuid.Read(0x4000_0000, 0), HypervisorLeaves.Read(0x4000_0000, 0));

    [Fact]
    public void Every_table_of_P_states_fits() => Assert.True(HypervisorLeaves.MaxLeaves >= (PollScale.Hypercall.HypercallAbi.MaxPStates / 4) + 8);

    private static kvm_cpuid_entry2 Entry(uint leaf) => new() { function = leaf, eax = leaf + 1, ebx = leaf + 2, ecx = leaf + 3, edx = leaf + 4 };
}
