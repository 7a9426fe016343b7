namespace PollScale.Native.Trampolines;

/// <summary>The time-stamp counter after all earlier instructions, and IA32_TSC_AUX: <c>ulong f(uint* aux)</c>.</summary>
internal static class RdtscpTrampoline
{
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x0F, 0x01, 0xF9,       // rdtscp
        0x89, 0x0F,             // mov [rdi], ecx
        0x48, 0xC1, 0xE2, 0x20, // shl rdx, 32
        0x48, 0x09, 0xD0,       // or rax, rdx
        0xC3,                   // ret
    ];
}
