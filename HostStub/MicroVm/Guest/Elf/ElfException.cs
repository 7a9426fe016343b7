namespace PollScale.HostStub.Guest.Elf;

/// <summary>An image that is not a static ELF64 executable for x86-64.</summary>
internal sealed class ElfException(ElfError error, string message) : Exception(message)
{
    public ElfError Error { get; } = error;
}
