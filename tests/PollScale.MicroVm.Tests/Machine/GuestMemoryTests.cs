using PollScale.HostStub.Machine;
using Xunit;

namespace PollScale.HostStub.Tests.Machine;

public class GuestMemoryTests
{
    private const ulong Size = 16 << 20;

    [Fact]
    public void Nothing_outside_RAM_is_reached()
    {
        using GuestMemory memory = new(Size);
        memory.U64(Size - 8) = 1;
        foreach (ulong gpa in (ulong[])[Size - 7, Size, GuestLayout.StatusPage, 1UL << 47, ulong.MaxValue, ulong.MaxValue - 7])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.U64(gpa));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.Pointer(gpa, 8));
            Assert.False(memory.Contains(gpa, 8));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(0, -1));
        Assert.False(memory.Contains(0, Size + 1));
        Assert.False(memory.Contains(8, ulong.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4 << 20)]
    [InlineData((16 << 20) + 4096)]
    [InlineData(1L << 40)]
    public void Only_sensible_sizes_are_made(long size) => Assert.Throws<ArgumentException>(() => new GuestMemory((ulong)size));

    [Fact]
    public void Discarding_zeroes_and_flushing_keeps()
    {
        using GuestMemory memory = new(Size);
        memory.U64(0x3000) = 1;
        memory.U64(0x4000) = 2;
        memory.Discard(0x3000, 4096);
        memory.FlushTranslations(0x4000, 4096);
        Assert.Equal((0UL, 2UL), (memory.U64(0x3000), memory.U64(0x4000)));
        memory.U64(0x4000) = 3;
    }

    [Fact]
    public void Frames_are_distinct_aligned_and_end_with_the_memory()
    {
        using GuestMemory memory = new(Size);
        FrameAllocator frames = new(memory);
        HashSet<ulong> small = [];
        Assert.True(frames.TryAllocateLarge(out ulong large));
        while (frames.TryAllocate(out ulong frame))
        {
            Assert.True(small.Add(frame));
            Assert.Equal(0UL, frame % GuestLayout.PageSize);
            Assert.True(frame >= GuestLayout.FirstFrame && memory.Contains(frame, GuestLayout.PageSize));
            Assert.False(frame - large < GuestLayout.LargePageSize);
        }

        Assert.Equal((int)((Size - GuestLayout.FirstFrame - GuestLayout.LargePageSize) / GuestLayout.PageSize), small.Count);
        Assert.Equal(Size, frames.HighWater);
        Assert.False(frames.TryAllocateLarge(out _));
        frames.FreeLarge(large);
        Assert.True(frames.TryAllocate(out ulong again));
        Assert.Equal(large, again);
        frames.Free(again);
        Assert.True(frames.TryAllocate(out _));
    }

    [Fact]
    public void The_pool_gives_zeroed_memory_of_the_size_asked()
    {
        GuestMemory first = GuestMemoryPool.Rent(Size);
        first.Slice(0, (int)Size).Fill(0xEE);
        GuestMemoryPool.Return(first, Size);
        GuestMemory second = GuestMemoryPool.Rent(Size);
        Assert.True(second.Slice(0, (int)Size).IndexOfAnyExcept((byte)0) < 0);
        GuestMemoryPool.Return(second, 0);
        using GuestMemory other = GuestMemoryPool.Rent(2 * Size);
        Assert.Equal(2 * Size, other.Size);
    }
}
