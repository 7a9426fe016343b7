namespace PollScale.Native.Trampolines;

/// <summary>Waits until a time of the TSC (WAITPKG): <c>uint f(uint control, ulong deadline)</c>.</summary>
internal static class TpauseTrampoline
{
    // CF is set where the system's limit (IA32_UMWAIT_CONTROL) ended it before its deadline.
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x89, 0xF0,             // mov eax, esi
        0x48, 0x89, 0xF2,       // mov rdx, rsi
        0x48, 0xC1, 0xEA, 0x20, // shr rdx, 32
        0x66, 0x0F, 0xAE, 0xF7, // tpause edi
        0x0F, 0x92, 0xC0,       // setb al
        0x0F, 0xB6, 0xC0,       // movzx eax, al
        0xC3,                   // ret
    ];
}
