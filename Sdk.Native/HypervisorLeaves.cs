namespace PollScale.Native;

/// <summary>
/// CPUID leaves 0x40000000 .. 0x4000ffff, those of the hypervisor. A host stub hands them to the program in an entry of its auxiliary vector
/// too (docs/hypercall-abi.md): a KVM that cannot intercept CPUID at CPL 3 (kvm_pvm on a CPU without CPUID faulting) shows the program
/// the machine's own leaves.
/// </summary>
internal static class HypervisorLeaves
{
    /// <summary>Type of the entry: "PollScal". Linux's own types are small numbers. Its value is the table's address.</summary>
    public const ulong EntryType = 0x6C61_6353_6C6C_6F50;

    /// <summary>u32 words of the table before the leaves: their number.</summary>
    public const int HeaderWords = 1;

    /// <summary>u32 words of a leaf in the table: its number, EAX, EBX, ECX, EDX.</summary>
    public const int LeafWords = 5;

    /// <summary>Most leaves that a table holds.</summary>
    public const int MaxLeaves = 64;

    private const uint First = 0x4000_0000, RangeMask = 0xFFFF_0000;

    private static readonly Lazy<IReadOnlyDictionary<uint, CpuidLeaf>?> s_handed = new(FromLoader);

    /// <summary>Reads a leaf as the hypervisor means it: where the loader handed leaves over, those of the hypervisor's range from there, zero for one that is not among them; else the CPU's.</summary>
    /// <exception cref="PlatformNotSupportedException">The process does not run on x86.</exception>
    public static CpuidLeaf Read(uint leaf, uint subleaf) =>
        Contains(leaf) && s_handed.Value is { } handed ? handed.GetValueOrDefault(leaf) : Cpuid.Read(leaf, subleaf);

    /// <summary>Whether a leaf is one of the hypervisor's.</summary>
    internal static bool Contains(uint leaf) => (leaf & RangeMask) == First;

    // SAFETY: only the kernel, or what loads programs in its place, writes the auxiliary vector, and the table lives as long as the stack of the
    // first thread; no more is read than the table says and the bound allows.
    private static unsafe IReadOnlyDictionary<uint, CpuidLeaf>? FromLoader()
    {
        uint* table = (uint*)LibC.getauxval(EntryType);
        return table == null ? null : Parse(new ReadOnlySpan<uint>(table, HeaderWords + (int)(Math.Min(*table, MaxLeaves) * LeafWords)));
    }

    /// <summary>Reads a table.</summary>
    internal static IReadOnlyDictionary<uint, CpuidLeaf> Parse(ReadOnlySpan<uint> table)
    {
        Dictionary<uint, CpuidLeaf> leaves = [];
        for (ReadOnlySpan<uint> rest = table[HeaderWords..]; rest.Length >= LeafWords; rest = rest[LeafWords..])
        {
            leaves[rest[0]] = new CpuidLeaf(rest[1], rest[2], rest[3], rest[4]);
        }

        return leaves;
    }
}
