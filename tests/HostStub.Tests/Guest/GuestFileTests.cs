using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Machine;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class GuestFileTests
{
    [Fact]
    public void Descriptors_are_the_lowest_free_ones_and_end_at_256()
    {
        FileTable files = new(new GuestConsole(null), 0);
        for (int fd = 3; fd < 256; fd++)
        {
            Assert.Equal(fd, files.Add(new NullFile()));
        }

        Assert.Equal(-1, files.Add(new NullFile()));
        Assert.True(files.Close(77));
        Assert.False(files.Close(77));
        Assert.False(files.Close(256));
        Assert.False(files.Close(ulong.MaxValue));
        Assert.Equal(-1, files.Add(new NullFile(), 78));
        Assert.Equal(77, files.Add(new NullFile(), -5));
        Assert.Null(files[256]);
        Assert.Null(files[ulong.MaxValue]);
    }

    [Fact]
    public void A_shared_pipe_end_closes_with_its_last_descriptor()
    {
        FileTable files = new(new GuestConsole(null), 0);
        GuestPipe pipe = new();
        int first = files.Add(pipe.WriteEnd), second = files.Add(pipe.WriteEnd);
        Assert.True(files.Close((ulong)first));
        Assert.Equal(SyscallResult.Blocked, pipe.ReadEnd.Read(new byte[1]));
        Assert.True(files.Close((ulong)second));
        Assert.Equal(0, pipe.ReadEnd.Read(new byte[1]));
    }

    [Fact]
    public void A_pipe_holds_64_KiB_in_order()
    {
        GuestPipe pipe = new();
        byte[] data = [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i % 251))];
        Assert.Equal(65536, pipe.WriteEnd.Write(data));
        Assert.Equal(SyscallResult.Blocked, pipe.WriteEnd.Write([1]));
        Assert.Equal(0, pipe.WriteEnd.Write([]));
        byte[] read = new byte[50_000];
        Assert.Equal(50_000, pipe.ReadEnd.Read(read));
        Assert.Equal(data[..50_000], read);
        Assert.Equal(15_536, pipe.ReadEnd.Read(read));
        Assert.Equal(data[50_000..65_536], read[..15_536]);
        Assert.Equal(SyscallResult.Blocked, pipe.ReadEnd.Read(read));
        Assert.Equal(0, pipe.ReadEnd.Read([]));
        Assert.Equal(-LibC.EBADF, pipe.ReadEnd.Write(data));
        Assert.Equal(-LibC.EBADF, pipe.WriteEnd.Read(read));
        pipe.ReadEnd.Close();
        Assert.Equal(-32, pipe.WriteEnd.Write([1]));
    }

    [Fact]
    public void Only_the_two_device_pages_and_the_region_can_be_mapped()
    {
        FileTable files = new(new GuestConsole(null), 3 * GuestLayout.PageSize);
        IGuestFile mem = files.Find("/dev/mem")!;
        Assert.True(mem.TryMap(GuestLayout.StatusPage, 4096, 1, out _));
        Assert.True(mem.TryMap(GuestLayout.DoorbellPage, 4096, 1, out _));
        foreach (ulong offset in (ulong[])[0, 4096, GuestLayout.SyscallStub, GuestLayout.StatusPage - 4096, GuestLayout.DoorbellPage + 4096, GuestLayout.PacketRegion, ulong.MaxValue - 4095])
        {
            Assert.False(mem.TryMap(offset, 4096, 1, out _));
        }

        Assert.False(mem.TryMap(GuestLayout.StatusPage, 8192, 1, out _));
        IGuestFile region = files.Find(FileTable.PacketRegionPath)!;
        Assert.True(region.TryMap(4096, 8192, 3, out ulong gpa));
        Assert.Equal(GuestLayout.PacketRegion + 4096, gpa);
        foreach ((ulong offset, ulong length) in ((ulong, ulong)[])[(0, 16384), (4096, 12288), (12288, 1), (1UL << 63, 4096), (0, ulong.MaxValue), (4096, ulong.MaxValue - 4096), (ulong.MaxValue - 4095, 8192)])
        {
            Assert.False(region.TryMap(offset, length, 3, out _), $"{offset:x} {length:x}");
        }

        Assert.Null(files.Find("/etc/passwd"));
        Assert.Null(new FileTable(new GuestConsole(null), 0).Find(FileTable.PacketRegionPath));
    }
}
