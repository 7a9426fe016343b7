namespace PollScale.Native;

/// <summary>Registers that one CPUID leaf returns.</summary>
/// <param name="Eax">EAX.</param>
/// <param name="Ebx">EBX.</param>
/// <param name="Ecx">ECX.</param>
/// <param name="Edx">EDX.</param>
internal readonly record struct CpuidLeaf(uint Eax, uint Ebx, uint Ecx, uint Edx)
{
    /// <summary>Of leaf 0: true for AMD and Hygon, which have SVM and <c>vmmcall</c>; Intel and Zhaoxin have VMX and <c>vmcall</c>.</summary>
    public bool IsAmd => Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"
}
