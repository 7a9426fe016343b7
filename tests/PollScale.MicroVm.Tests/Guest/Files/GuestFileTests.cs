using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Machine;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Guest.Files;

public class GuestFileTests
{
    [Fact]
    public void Descriptors_are_the_lowest_free_ones_and_end_at_256()
    {
        FileTable files = new(new GuestConsole(null));
        for (int fd = 3; fd < 256; fd++)
        {
            Assert.Equal(fd, files.Add(new OpenFile(new NullFile(), LibC.O_RDWR)));
        }

        Assert.Equal(-1, files.Add(new OpenFile(new NullFile(), LibC.O_RDWR)));
        Assert.True(files.Close(77));
        Assert.False(files.Close(77));
        Assert.False(files.Close(256));
        Assert.False(files.Close(ulong.MaxValue));
        Assert.Equal(-1, files.Add(new OpenFile(new NullFile(), LibC.O_RDWR), 78));
        Assert.Equal(77, files.Add(new OpenFile(new NullFile(), LibC.O_RDWR), -5));
        Assert.Null(files[256]);
        Assert.Null(files[ulong.MaxValue]);
    }

    [Fact]
    public void A_shared_pipe_end_closes_with_its_last_descriptor()
    {
        FileTable files = new(new GuestConsole(null));
        GuestPipe pipe = new(new WaitBell());
        OpenFile end = new(pipe.WriteEnd, LibC.O_WRONLY);
        int first = files.Add(end), second = files.Add(end);
        Assert.True(files.Close((ulong)first));
        Assert.Equal(SyscallResult.Blocked, pipe.ReadEnd.Read(new byte[1]));
        Assert.True(files.Close((ulong)second));
        Assert.Equal(0, pipe.ReadEnd.Read(new byte[1]));
    }

    [Fact]
    public void A_pipe_holds_64_KiB_in_order()
    {
        GuestPipe pipe = new(new WaitBell());
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
        GuestPaths files = new(3 * GuestLayout.PageSize);
        IGuestFile mem = files.Find("/dev/mem")!;
        Assert.True(mem.TryMap(GuestLayout.StatusPage, 4096, 1, out _));
        Assert.True(mem.TryMap(GuestLayout.DoorbellPage, 4096, 1, out _));
        foreach (ulong offset in (ulong[])[0, 4096, GuestLayout.SyscallStub, GuestLayout.StatusPage - 4096, GuestLayout.DoorbellPage + 4096, GuestLayout.PacketRegion, ulong.MaxValue - 4095])
        {
            Assert.False(mem.TryMap(offset, 4096, 1, out _));
        }

        Assert.False(mem.TryMap(GuestLayout.StatusPage, 8192, 1, out _));
        IGuestFile region = files.Find(GuestPaths.PacketRegionPath)!;
        Assert.True(region.TryMap(4096, 8192, 3, out ulong gpa));
        Assert.Equal(GuestLayout.PacketRegion + 4096, gpa);
        foreach ((ulong offset, ulong length) in ((ulong, ulong)[])[(0, 16384), (4096, 12288), (12288, 1), (1UL << 63, 4096), (0, ulong.MaxValue), (4096, ulong.MaxValue - 4096), (ulong.MaxValue - 4095, 8192)])
        {
            Assert.False(region.TryMap(offset, length, 3, out _), $"{offset:x} {length:x}");
        }

        Assert.Null(files.Find("/etc/passwd"));
        Assert.Null(new GuestPaths(0).Find(GuestPaths.PacketRegionPath));
    }

    [Fact]
    public void A_copied_table_keeps_a_pipe_open_until_its_last_user_leaves()
    {
        FileTable parent = new(new GuestConsole(null));
        GuestPipe pipe = new(new WaitBell());
        int fd = parent.Add(new OpenFile(pipe.ReadEnd, LibC.O_RDONLY));
        FileTable child = parent.Copy();
        FileTable shared = child.Share();
        Assert.True(parent.Close((ulong)fd));
        Assert.NotNull(child[(ulong)fd]);
        child.Leave();
        Assert.Equal(1, pipe.WriteEnd.Write([1]));
        shared.Leave();
        Assert.Equal(-LinuxErrno.EPIPE, pipe.WriteEnd.Write([1]));
        Assert.Null(shared[(ulong)fd]);
    }

    [Fact]
    public void An_epoll_set_tells_its_descriptors_in_turn_and_an_edge_once()
    {
        const uint EPOLLET = 1u << 31;
        WaitBell bell = new();
        EpollFile epoll = new();
        OpenFile[] events = [.. Enumerable.Range(0, 3).Select(_ => new OpenFile(new EventFile(bell, 1, semaphore: false), LibC.O_RDWR))];
        for (int i = 0; i < events.Length; i++)
        {
            events[i].Retain();
            Assert.Equal(0, epoll.Control(1, i, events[i], PollEvents.In, (ulong)i));
        }

        Assert.Equal([0UL, 1UL], epoll.Collect(2, take: true).Select(e => e.Data));
        Assert.Equal([2UL, 0UL], epoll.Collect(2, take: true).Select(e => e.Data));
        events[0].Release();
        Assert.Equal([1UL, 2UL], epoll.Collect(9, take: true).Select(e => e.Data).Order());
        Assert.Equal(0, epoll.Control(3, 1, events[1], PollEvents.In | EPOLLET, 1));
        Assert.Equal([1UL, 2UL], epoll.Collect(9, take: true).Select(e => e.Data).Order());
        Assert.Equal([2UL], epoll.Collect(9, take: true).Select(e => e.Data));
        Assert.Equal(8, events[1].File.Write(BitConverter.GetBytes(1UL)));
        Assert.Equal([1UL, 2UL], epoll.Collect(9, take: true).Select(e => e.Data).Order());
    }
}
