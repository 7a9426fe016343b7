namespace PollScale.Native.Trampolines;

/// <summary>A 32-bit load: <c>uint f(void* address)</c>.</summary>
internal static class MmioTrampoline
{
    // A plain mov of 4 bytes, whatever a compiler might make of a pointer read: KVM's emulator decodes it.
    public static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x8B, 0x07,             // mov eax, [rdi]
        0xC3,                   // ret
    ];
}
