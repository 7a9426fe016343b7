namespace PollScale.Native.Trampolines;

/// <summary>A 32-bit port read: <c>uint f(uint port)</c>.</summary>
internal static class PortTrampoline
{
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x89, 0xFA,             // mov edx, edi
        0xED,                   // in eax, dx
        0xC3,                   // ret
    ];
}
