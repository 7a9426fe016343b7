namespace PollScale.Native.Trampolines;

/// <summary>Intel's and Zhaoxin's hypercall: <c>long f(ulong number, long argument, ulong sequence)</c>.</summary>
internal static class VmcallTrampoline
{
    // rcx has the number of the request in a shared page, which a host that observes the instruction compares. The argument goes into rbx, where KVM's own convention has it, and into rdi, which KVM's Xen exit reports.
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x53,                   // push rbx
        0x48, 0x89, 0xF8,       // mov rax, rdi
        0x48, 0x89, 0xF3,       // mov rbx, rsi
        0x48, 0x89, 0xF7,       // mov rdi, rsi
        0x48, 0x89, 0xD1,       // mov rcx, rdx
        0x0F, 0x01, 0xC1,       // vmcall
        0x5B,                   // pop rbx
        0xC3,                   // ret
    ];
}
