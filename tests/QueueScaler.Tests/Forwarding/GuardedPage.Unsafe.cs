using PollScale.Native;
using Xunit;

namespace PollScale.Tests.QueueScaler.Forwarding;

/// <summary>A page with an inaccessible page behind it: reading one byte too far ends the process.</summary>
internal sealed unsafe class GuardedPage : IDisposable
{
    private const int Page = 4096;
    private readonly byte* _memory;

    public GuardedPage()
    {
        void* memory = LibC.mmap(null, 2 * Page, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        Assert.True(memory != LibC.MAP_FAILED);
        _memory = (byte*)memory;
        Assert.Equal(0, LibC.mprotect(_memory + Page, Page, LibC.PROT_NONE));
    }

    /// <summary>Copies bytes so that the last is the page's last.</summary>
    public byte* Place(ReadOnlySpan<byte> bytes)
    {
        byte* at = _memory + Page - bytes.Length;
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        return at;
    }

    public void Dispose() => LibC.munmap(_memory, 2 * Page);
}
