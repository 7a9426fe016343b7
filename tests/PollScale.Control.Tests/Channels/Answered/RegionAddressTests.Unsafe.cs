using PollScale.HostStub.Channels.Answered;
using PollScale.Native;
using PollScale.Region;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

// SAFETY: an address is a number here, through which nothing is read.
public unsafe class RegionAddressTests
{
    private static readonly FileFacts s_page = new(0, 0, 0, 0, RegionLayout.Size, Inode: 1034, Device: 1);

    [Theory]
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s 00000000 00:01 1034                       /memfd:pollscale-region (deleted)", 0x7f3a_5c00_0000ul)]
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s 00000000 00:01 1034", 0x7f3a_5c00_0000ul)]
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s 00001000 00:01 1034 /memfd:pollscale-region (deleted)", null)] // its first page lies elsewhere
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s 00000000 00:01 1035 /memfd:pollscale-region (deleted)", null)]
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s 00000000 08:01 1034 /tmp/memfd:pollscale-region", null)]
    [InlineData("7f3a5c000000-7f3a5c010000 rw-s", null)]
    [InlineData("x-y rw-s 00000000 00:01 1034 /memfd:pollscale-region (deleted)", null)]
    [InlineData("", null)]
    public void A_mapping_is_the_pages_by_its_file(string line, ulong? address) => Assert.Equal(address, RegionAddress.Parse(line, s_page));

    [Fact]
    public void A_page_of_this_process_is_found_and_one_that_is_not_mapped_is_told()
    {
        using StreamDescriptor memory = SealedMemory.Make("page", RegionLayout.Size);
        Assert.True(FileFacts.TryRead(memory.Fd, out FileFacts facts));
        Assert.Null(RegionAddress.Find(Environment.ProcessId, facts, out string problem));
        Assert.Contains("has not mapped the page", problem, StringComparison.Ordinal);
        using MappedRegion mapped = MappedRegion.Map(memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ, "page");
        Assert.Equal((ulong)mapped.Address, RegionAddress.Find(Environment.ProcessId, facts, out problem));
        Assert.Null(RegionAddress.Find(int.MaxValue, facts, out problem));
        Assert.Contains("answered.conf", problem, StringComparison.Ordinal);
    }
}
