namespace PollScale.Hypercall;

/// <summary>Ways a call can leave the guest; bits as in EBX of CPUID leaf B+1.</summary>
[Flags]
public enum Doorbells
{
    /// <summary>No doorbell.</summary>
    None = 0,

    /// <summary>The vendor's hypercall instruction: vmcall or vmmcall.</summary>
    Hypercall = 1,

    /// <summary><c>in eax, dx</c> at port 0x5000 + (op &lt;&lt; 6) + argument.</summary>
    Port = 2,

    /// <summary>A 32-bit load from the doorbell page at 4 * ((op &lt;&lt; 6) + argument).</summary>
    Mmio = 4,
}
