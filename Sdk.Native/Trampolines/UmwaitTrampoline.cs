namespace PollScale.Native.Trampolines;

/// <summary>Waits until a word of memory is stored to, or a time of the TSC (WAITPKG): <c>uint f(uint* word, uint seen, uint control, ulong deadline)</c>.</summary>
internal static class UmwaitTrampoline
{
    // The word is looked at once it is watched: a store before that would wake nobody up. CF is set where the system's limit ended it.
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA,       // endbr64
        0x41, 0x89, 0xD0,             // mov r8d, edx
        0x89, 0xC8,                   // mov eax, ecx
        0x48, 0x89, 0xCA,             // mov rdx, rcx
        0x48, 0xC1, 0xEA, 0x20,       // shr rdx, 32
        0xF3, 0x0F, 0xAE, 0xF7,       // umonitor rdi
        0x39, 0x37,                   // cmp [rdi], esi
        0x75, 0x0C,                   // jne to the xor
        0xF2, 0x41, 0x0F, 0xAE, 0xF0, // umwait r8d
        0x0F, 0x92, 0xC0,             // setb al
        0x0F, 0xB6, 0xC0,             // movzx eax, al
        0xC3,                         // ret
        0x31, 0xC0,                   // xor eax, eax
        0xC3,                         // ret
    ];
}
