using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Finds the host's description in the hypervisor's CPUID leaves.</summary>
internal static class CpuidDiscovery
{
    /// <summary>What is said where there is none: a sentence without its full stop.</summary>
    public const string NoHost = "No PollScale host shows in the auxiliary vector or in CPUID 0x40000000 .. 0x4000ff00";

    /// <summary>Scans the hypervisor leaves that this process was handed, or of this CPU.</summary>
    /// <returns>Null when no leaf carries the signature.</returns>
    /// <exception cref="AbiVersionMismatchException">The host speaks another version.</exception>
    /// <exception cref="MalformedHostInterfaceException">The leaves contradict the ABI.</exception>
    public static HostInterface? Find() => Find(null);

    /// <summary>Scans the hypervisor leaves.</summary>
    /// <param name="cpuid">Reads a leaf; null reads <see cref="HypervisorLeaves"/>.</param>
    internal static HostInterface? Find(CpuidReader? cpuid)
    {
        cpuid ??= HypervisorLeaves.Read;
        for (uint leaf = HypercallAbi.CpuidScanFirst; leaf <= HypercallAbi.CpuidScanLast; leaf += HypercallAbi.CpuidScanStep)
        {
            CpuidLeaf signature = cpuid(leaf, 0);
            if (signature is { Ebx: HypercallAbi.SignatureEbx, Ecx: HypercallAbi.SignatureEcx, Edx: HypercallAbi.SignatureEdx })
            {
                return Read(cpuid, leaf, signature.Eax);
            }
        }

        return null;
    }

    private static HostInterface Read(CpuidReader cpuid, uint leaf, uint highest)
    {
        RequireLeaf(leaf + HypercallAbi.CpuidFeatures, highest);
        CpuidLeaf features = cpuid(leaf + HypercallAbi.CpuidFeatures, 0);
        if (features.Eax != HypercallAbi.Version)
        {
            throw HelloCheck.Mismatch(features.Eax);
        }

        RequireLeaf(leaf + HypercallAbi.CpuidLimits, highest);
        CpuidLeaf pages = cpuid(leaf + HypercallAbi.CpuidPages, 0);
        CpuidLeaf limits = cpuid(leaf + HypercallAbi.CpuidLimits, 0);
        Doorbells doorbells = (Doorbells)features.Ebx & (Doorbells.Hypercall | Doorbells.Port | Doorbells.Mmio);
        ulong doorbellPage = pages.Eax | ((ulong)pages.Ebx << 32);
        ulong statusPage = pages.Ecx | ((ulong)pages.Edx << 32);
        Require((doorbells & Doorbells.Port) == 0 || features.Ecx is > 0 and <= 0x1_0000 - HypercallAbi.PortCount, $"port base 0x{features.Ecx:x} leaves no room for {HypercallAbi.PortCount} ports");
        Require((doorbells & Doorbells.Mmio) == 0 || doorbellPage != 0, "the MMIO doorbell is offered without a page");
        Require(IsPage(doorbellPage) && IsPage(statusPage), $"page addresses 0x{doorbellPage:x} and 0x{statusPage:x} must be multiples of 4096 below 2^52");
        return new HostInterface(
            leaf,
            (int)features.Eax,
            doorbells,
            (ushort)features.Ecx,
            (features.Edx & HypercallAbi.FlagControlGranted) != 0,
            (features.Edx & HypercallAbi.FlagEmulated) != 0,
            doorbellPage,
            statusPage,
            ReadTable(cpuid, leaf, highest, limits));
    }

    private static PStateTable ReadTable(CpuidReader cpuid, uint leaf, uint highest, CpuidLeaf limits)
    {
        Require(limits.Eax is > 0 and <= HypercallAbi.MaxPStates, $"{limits.Eax} P-states; there must be 1 .. {HypercallAbi.MaxPStates}");
        int count = (int)limits.Eax;
        uint first = leaf + HypercallAbi.CpuidTable;
        RequireLeaf(first + (uint)((count - 1) / 4), highest);
        Span<uint> kHz = stackalloc uint[HypercallAbi.MaxPStates];
        for (int i = 0; i < count; i += 4)
        {
            CpuidLeaf four = cpuid(first + (uint)(i / 4), 0);
            (kHz[i], kHz[i + 1], kHz[i + 2], kHz[i + 3]) = (four.Eax, four.Ebx, four.Ecx, four.Edx);
        }

        try
        {
            return new PStateTable(kHz[..count], (int)Math.Min(limits.Ebx, int.MaxValue), (int)Math.Min(limits.Ecx, int.MaxValue), limits.Edx);
        }
        catch (ArgumentException exception)
        {
            throw new MalformedHostInterfaceException($"The host's CPUID leaves hold no valid P-state table: {exception.Message} Update the host stub.", exception);
        }
    }

    private static bool IsPage(ulong address) => (address & 0xFFF) == 0 && address >> 52 == 0;

    private static void RequireLeaf(uint leaf, uint highest) =>
        Require(highest >= leaf, $"leaf 0x{leaf:x} is needed, but the highest is 0x{highest:x}");

    private static void Require(bool condition, string fault)
    {
        if (!condition)
        {
            throw new MalformedHostInterfaceException($"The host's CPUID leaves are malformed: {fault}. Update the host stub.");
        }
    }
}
