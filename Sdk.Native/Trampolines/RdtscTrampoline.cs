namespace PollScale.Native.Trampolines;

/// <summary>The time-stamp counter, unordered: <c>ulong f()</c>.</summary>
internal static class RdtscTrampoline
{
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x0F, 0x31,             // rdtsc
        0x48, 0xC1, 0xE2, 0x20, // shl rdx, 32
        0x48, 0x09, 0xD0,       // or rax, rdx
        0xC3,                   // ret
    ];
}
