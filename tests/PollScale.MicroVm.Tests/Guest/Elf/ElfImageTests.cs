using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Machine;
using Xunit;

namespace PollScale.HostStub.Tests.Guest.Elf;

public class ElfImageTests
{
    private static readonly (ElfError Error, byte[] Bytes)[] s_spoilt =
    [
        (ElfError.TooShort, new byte[63]),
        (ElfError.NotElf, new ElfBytes().U8(0, 0).Bytes),
        (ElfError.NotElf64, new ElfBytes().U8(4, 1).Bytes),
        (ElfError.NotLittleEndian, new ElfBytes().U8(5, 2).Bytes),
        (ElfError.BadVersion, new ElfBytes().U8(6, 2).Bytes),
        (ElfError.BadVersion, new ElfBytes().U32(ElfBytes.VersionField, 0).Bytes),
        (ElfError.WrongMachine, new ElfBytes().U16(ElfBytes.MachineField, 183).Bytes),
        (ElfError.NotExecutable, new ElfBytes().U16(ElfBytes.TypeField, 1).Bytes),
        (ElfError.NotExecutable, new ElfBytes().U16(ElfBytes.TypeField, 4).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U16(ElfBytes.EntrySizeField, 32).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U16(ElfBytes.CountField, 0).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U16(ElfBytes.CountField, 65).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U16(ElfBytes.CountField, 0xFFFF).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U64(ElfBytes.TableField, 0x3000 - 55).Bytes),
        (ElfError.BadProgramHeaders, new ElfBytes().U64(ElfBytes.TableField, ulong.MaxValue - 8).Bytes),
        (ElfError.DynamicallyLinked, new ElfBytes(2).Segment(1, 0, 0x400000, 8, 8, type: 3).Bytes),
        (ElfError.NoLoadableSegment, new ElfBytes().Segment(0, 0, 0x400000, 8, 8, type: 4).Bytes),
        (ElfError.NoLoadableSegment, new ElfBytes().Segment(0, 0, 0x400000, 0, 0).Bytes),
        (ElfError.SegmentOutsideFile, new ElfBytes().Segment(0, 0x2000, 0x400000, 0x1001, 0x2000).Bytes),
        (ElfError.SegmentOutsideFile, new ElfBytes().Segment(0, ulong.MaxValue - 0xFFF, 0x400000, 0x2000, 0x2000).Bytes),
        (ElfError.SegmentOutsideFile, new ElfBytes().Segment(0, 0x1000, 0x400000, ulong.MaxValue, ulong.MaxValue).Bytes),
        (ElfError.SegmentSizes, new ElfBytes().Segment(0, 0, 0x400000, 0x1000, 0xFFF).Bytes),
        (ElfError.SegmentAddress, new ElfBytes().Segment(0, 0, 0x1FF000, 0x1000, 0x1000).Bytes),
        (ElfError.SegmentAddress, new ElfBytes().Segment(0, 0, GuestLayout.UserEnd, 0x1000, 0x1000).Bytes),
        (ElfError.SegmentAddress, new ElfBytes().Segment(0, 0, 0xFFFF_FFFF_FFFF_F000, 0x1000, 0x1000).Bytes),
        (ElfError.SegmentAddress, new ElfBytes().U16(ElfBytes.TypeField, 3).Segment(0, 0, 1UL << 30, 0x1000, 0x1000).Bytes),
        (ElfError.SegmentAlignment, new ElfBytes().Segment(0, 0x100, 0x400000, 0x100, 0x100).Bytes),
        (ElfError.SegmentsOverlap, new ElfBytes(2).Segment(1, 0x800, 0x400800, 0x100, 0x100).Bytes),
        (ElfError.SegmentsOverlap, new ElfBytes(2).Segment(1, 0, 0x400000, 0x1000, 0x1000).Bytes),
        (ElfError.TooLarge, new ElfBytes().Segment(0, 0, 0x400000, 0x1000, (1UL << 30) + 1).Bytes),
        (ElfError.TooLarge, new ElfBytes(2).Segment(1, 0x1000, 0x400000 + (1UL << 30), 0x1000, 0x1000).Bytes),
        (ElfError.EntryOutsideCode, new ElfBytes().U64(ElfBytes.EntryField, 0x401000).Bytes),
        (ElfError.EntryOutsideCode, new ElfBytes().U64(ElfBytes.EntryField, 0).Bytes),
        (ElfError.EntryOutsideCode, new ElfBytes().Segment(0, 0, 0x400000, 0x1000, 0x1000, flags: 6).Bytes),
    ];

    public static IEnumerable<TheoryDataRow<int>> Indices => Enumerable.Range(0, s_spoilt.Length).Select(i => new TheoryDataRow<int>(i));

    [Fact]
    public void The_unspoilt_image_is_accepted()
    {
        ElfImage image = ElfImage.Parse(new ElfBytes(2).Bytes);
        Assert.Equal((2, 0x400100UL, 0x400040UL, false), (image.Segments.Count, image.Entry, image.ProgramHeaderAddress, image.PositionIndependent));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Each_flaw_has_its_error(int index)
    {
        ElfException e = Assert.Throws<ElfException>(() => ElfImage.Parse(s_spoilt[index].Bytes));
        Assert.Equal(s_spoilt[index].Error, e.Error);
        Assert.NotEmpty(e.Message);
    }

    [Fact]
    public void Every_error_is_tested() =>
        Assert.Equal(Enum.GetValues<ElfError>(), s_spoilt.Select(s => s.Error).Append(ElfError.Unreadable).Distinct().Order());

    [Theory]
    [InlineData("/nonexistent/guest")]
    [InlineData("/")]
    [InlineData("")]
    public void A_file_that_cannot_be_read_says_so(string path)
    {
        ElfException e = Assert.Throws<ElfException>(() => ElfImage.Load(path));
        Assert.Equal(ElfError.Unreadable, e.Error);
    }

    [Fact]
    public void An_image_larger_than_the_memory_is_refused_by_the_loader()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        ElfImage image = ElfImage.Parse(new ElfBytes().Segment(0, 0, 0x400000, 0x1000, 64 << 20).Bytes);
        Assert.Equal(ElfError.TooLarge, Assert.Throws<ElfException>(() => ElfLoader.Load(image, space)).Error);
    }

    [Fact]
    public void A_loaded_segment_has_its_bytes_and_zeroes_behind()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        ElfImage image = ElfImage.Parse(new ElfBytes().Segment(0, 0, 0x400000, 0x123, 0x5000).Bytes);
        Assert.Equal(0UL, ElfLoader.Load(image, space));
        byte[] bytes = new byte[0x5000];
        Assert.True(space.TryRead(0x400000, bytes));
        Assert.Equal(new ElfBytes().Segment(0, 0, 0x400000, 0x123, 0x5000).Bytes[..0x123], bytes[..0x123]);
        Assert.True(bytes.AsSpan(0x123).IndexOfAnyExcept((byte)0) < 0);
        Assert.False(space.TryWrite(0x400000, (byte)1));
        Assert.Equal(0x405000UL, space.Brk(0));
    }
}
