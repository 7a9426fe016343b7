using System.Buffers.Binary;
using PollScale.HostStub.Kvm.Abi;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>The hypervisor's CPUID leaves as the auxiliary vector hands them over; see <see cref="HypervisorLeaves"/>.</summary>
internal static class LeafTable
{
    /// <summary>The table, little-endian: of a CPUID table only the hypervisor's leaves, at most <see cref="HypervisorLeaves.MaxLeaves"/>.</summary>
    public static byte[] Bytes(IEnumerable<kvm_cpuid_entry2> cpuid)
    {
        kvm_cpuid_entry2[] leaves = [.. cpuid.Where(entry => HypervisorLeaves.Contains(entry.function)).Take(HypervisorLeaves.MaxLeaves)];
        uint[] words = [(uint)leaves.Length, .. leaves.SelectMany(entry => (uint[])[entry.function, entry.eax, entry.ebx, entry.ecx, entry.edx])];
        byte[] bytes = new byte[words.Length * sizeof(uint)];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), words[i]);
        }

        return bytes;
    }
}
