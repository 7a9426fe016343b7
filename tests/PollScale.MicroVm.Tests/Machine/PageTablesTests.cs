using PollScale.HostStub.Machine;
using Xunit;

namespace PollScale.HostStub.Tests.Machine;

public sealed class PageTablesTests : IDisposable
{
    private const PageFlags User = PageFlags.Present | PageFlags.User | PageFlags.Writable;
    private const ulong Large = GuestLayout.LargePageSize, Address = 0x7FFE_0000_0000;

    private readonly GuestMemory _memory = new(16 << 20);
    private readonly FrameAllocator _frames;
    private readonly PageTables _tables;

    public PageTablesTests()
    {
        _frames = new FrameAllocator(_memory);
        _tables = new PageTables(_memory, _frames);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void A_page_is_found_where_it_was_set_and_nowhere_else()
    {
        Assert.True(_tables.Set(Address, 0x5000, User | PageFlags.NoExecute));
        Assert.True(_tables.TryWalk(Address + 123, out ulong frame, out PageFlags flags));
        Assert.Equal((0x5000UL, User | PageFlags.NoExecute), (frame, flags));
        foreach (ulong other in (ulong[])[Address - 4096, Address + 4096, Address + Large, Address + (1UL << 30), Address ^ (1UL << 39), 0])
        {
            Assert.False(_tables.TryWalk(other, out _, out _));
        }

        _tables.Clear(Address);
        Assert.False(_tables.TryGetEntry(Address, out _, out _));
        _tables.Clear(0x1234_5000);
    }

    [Fact]
    public void A_large_page_splits_into_512_of_its_frames_and_rights()
    {
        const ulong Frame = 6 * Large;
        Assert.True(_tables.Set(Address, Frame, User | PageFlags.Large | PageFlags.NoExecute));
        Assert.True(_tables.TryWalk(Address + 0x1_2345, out ulong within, out PageFlags flags));
        Assert.Equal((Frame + 0x1_2000, true), (within, flags.HasFlag(PageFlags.Large)));
        Assert.Throws<InvalidOperationException>(() => _tables.Set(Address + 4096, 0, User));
        Assert.True(_tables.TrySplit(Address + 0x5000));
        Assert.True(_tables.TrySplit(Address));
        for (ulong page = 0; page < 512; page++)
        {
            Assert.True(_tables.TryWalk(Address + (page * 4096), out ulong frame, out flags));
            Assert.Equal((Frame + (page * 4096), User | PageFlags.NoExecute), (frame, flags));
        }

        _tables.Clear(Address + 4096);
        Assert.False(_tables.TryWalk(Address + 4096, out _, out _));
        Assert.True(_tables.TryWalk(Address + 8192, out _, out _));
    }

    [Fact]
    public void A_kept_page_is_not_present_yet_remembers_its_frame()
    {
        Assert.True(_tables.Set(Address, 7 * Large, PageFlags.Kept | PageFlags.Large));
        Assert.False(_tables.TryWalk(Address, out _, out _));
        Assert.True(_tables.TrySplit(Address));
        Assert.True(_tables.TryGetEntry(Address + 4096, out ulong frame, out PageFlags flags));
        Assert.Equal(((7 * Large) + 4096, PageFlags.Kept), (frame, flags));
    }

    [Fact]
    public void Absent_tables_are_leapt_over()
    {
        ulong end = GuestLayout.UserEnd;
        Assert.Equal(end, _tables.SkipAbsent(0, end));
        Assert.True(_tables.Set(Address + 4096, 0x5000, User));
        Assert.Equal(Address, _tables.SkipAbsent(0, end));
        Assert.Equal(Address + 4096, _tables.SkipAbsent(Address + 4096, end));
        Assert.Equal(end, _tables.SkipAbsent(Address + Large, end));
        Assert.Equal(Address - 1, _tables.SkipAbsent(Address - Large, Address - 1));
        Assert.True(_tables.Set(Address + (2 * Large), 6 * Large, PageFlags.Kept | PageFlags.Large));
        Assert.Equal(Address + (2 * Large), _tables.SkipAbsent(Address + Large, end));
    }

    [Fact]
    public void Without_memory_for_a_table_nothing_is_changed()
    {
        Assert.True(_tables.Set(Address, 6 * Large, User | PageFlags.Large));
        while (_frames.TryAllocate(out _))
        {
        }

        Assert.False(_tables.TrySplit(Address));
        Assert.False(_tables.Set(0x40_0000, 0x5000, User));
        Assert.True(_tables.TryWalk(Address, out ulong frame, out _));
        Assert.Equal(6 * Large, frame);
    }
}
