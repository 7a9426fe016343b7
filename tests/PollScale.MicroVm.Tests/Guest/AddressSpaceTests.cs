using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Machine;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class AddressSpaceTests
{
    private const ulong Page = 4096, Base = 0x4000_0000;
    private const int ReadWrite = LibC.PROT_READ | LibC.PROT_WRITE;

    private static readonly Arbitrary<(int Op, int First, int Count)[]> s_steps =
        (from op in Gen.Choose(0, 5)
         from first in Gen.Choose(0, 1100)
         from count in Gen.Choose(1, 700)
         select (op, first, count)).ArrayOf().ToArbitrary();

    [Fact]
    public void Memory_reads_as_a_map_of_pages_says()
    {
        Prop.ForAll(s_steps, steps =>
        {
            using GuestMemory memory = new(32 << 20);
            AddressSpace space = new(memory);
            const int Pages = 1800;
            (int Prot, byte Value)?[] model = new (int, byte)?[Pages];
            byte value = 0;
            foreach ((int op, int first, int count) in steps)
            {
                ulong start = Base + ((ulong)first * Page), length = (ulong)count * Page;
                Range range = first..(first + count);
                switch (op)
                {
                    case 0:
                        Assert.Equal(0, space.Map(start, length, ReadWrite));
                        Array.Fill(model, (ReadWrite, (byte)0), first, count);
                        break;
                    case 1:
                        Assert.Equal(0, space.Unmap(start, length));
                        Array.Clear(model, first, count);
                        break;
                    case 2:
                    case 3:
                        int prot = op == 2 ? LibC.PROT_NONE : ReadWrite;
                        bool mapped = Array.TrueForAll(model[range], p => p is not null);
                        Assert.Equal(mapped ? 0 : LibC.ENOMEM, space.Protect(start, length, prot));
                        for (int page = first; mapped && page < first + count; page++)
                        {
                            model[page] = (prot, model[page]!.Value.Value);
                        }

                        break;
                    case 4:
                        Assert.Equal(0, space.Discard(start, length));
                        for (int page = first; page < first + count; page++)
                        {
                            model[page] = model[page] is { } old ? (old.Prot, (byte)0) : null;
                        }

                        break;
                    default:
                        value++;
                        bool writable = Array.TrueForAll(model[range], p => p?.Prot == ReadWrite);
                        byte[] bytes = new byte[length];
                        Array.Fill(bytes, value);
                        if (writable)
                        {
                            Assert.True(space.TryWrite(start, bytes));
                            Array.Fill(model, (ReadWrite, value), first, count);
                        }

                        break;
                }
            }

            byte[] page4K = new byte[Page];
            for (int page = 0; page < Pages; page++)
            {
                bool readable = space.TryRead(Base + ((ulong)page * Page), page4K);
                Assert.Equal(model[page]?.Prot == ReadWrite, readable);
                Assert.True(!readable || page4K.AsSpan().IndexOfAnyExcept(model[page]!.Value.Value) < 0, $"page {page} differs");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void An_absurd_range_is_refused_at_once_and_leaves_nothing()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(LibC.ENOMEM, space.Map(Base, 1UL << 45, ReadWrite));
            Assert.Equal(0, space.Map(Base, 1UL << 45, LibC.PROT_NONE));
            Assert.Equal(LibC.ENOMEM, space.Protect(Base, 1UL << 45, ReadWrite));
            Assert.Equal(LibC.ENOMEM, space.Protect(Base, 1UL << 45, ReadWrite));
            Assert.Equal(0, space.Protect(Base + (1UL << 44), Page, ReadWrite));
            Assert.Equal(0, space.Discard(Base, 1UL << 45));
            Assert.Equal(0, space.Unmap(Base, 1UL << 45));
        }

        // Walking 2^33 pages once would take minutes.
        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void What_is_given_back_can_be_had_again()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        int[] counts = new int[4];
        for (int round = 0; round < counts.Length; round++)
        {
            ulong length = (round % 2 == 0 ? 1UL : 515) * Page;
            int count = 0;
            while (space.Map(Base + ((ulong)count * length), length, ReadWrite) == 0)
            {
                count++;
            }

            counts[round] = count;
            Assert.Equal(0, space.Unmap(Base, (ulong)count * length));
        }

        Assert.InRange(counts[2], counts[0] - 8, counts[0]);
    }

    [Fact]
    public void The_system_region_and_the_kernel_half_cannot_be_touched()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        foreach (ulong start in (ulong[])[0, Page, GuestLayout.SystemStart, GuestLayout.SyscallStub, GuestLayout.SystemEnd - Page, GuestLayout.UserEnd, 1UL << 47, ulong.MaxValue - Page + 1, Base + 1])
        {
            Assert.Equal(LibC.EINVAL, space.Map(start, Page, ReadWrite));
            Assert.Equal(LibC.EINVAL, space.Unmap(start, Page));
            Assert.Equal(LibC.EINVAL, space.Protect(start, Page, ReadWrite));
            Assert.Equal(LibC.EINVAL, space.Discard(start, Page));
        }

        foreach (ulong length in (ulong[])[0, 1UL << 48, ulong.MaxValue, ulong.MaxValue - Page, GuestLayout.UserEnd])
        {
            Assert.NotEqual(0, space.Map(Base, length, ReadWrite));
        }
    }

    [Fact]
    public void A_device_that_goes_or_loses_rights_is_flushed()
    {
        using GuestMemory memory = new(16 << 20);
        int flushes = 0;
        AddressSpace space = new(memory, () => flushes++);
        Assert.Equal(0, space.Map(Base, Page, ReadWrite, GuestLayout.StatusPage));
        Assert.Equal(0, flushes);
        Assert.Equal(0, space.Protect(Base, Page, LibC.PROT_READ));
        Assert.Equal(1, flushes);
        Assert.Equal(0, space.Unmap(Base, Page));
        Assert.Equal(2, flushes);
        Assert.False(space.TryRead(Base, out byte _));
    }

    [Fact]
    public void Copies_stop_at_devices_and_at_the_edge()
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        Assert.Equal(0, space.Map(Base, Page, ReadWrite));
        Assert.Equal(0, space.Map(Base + Page, Page, ReadWrite, GuestLayout.PacketRegion));
        Assert.True(space.TryWrite(Base + Page - 8, 1UL));
        Assert.False(space.TryWrite(Base + Page - 7, 1UL));
        Assert.False(space.TryRead(Base + Page, out byte _));
        Assert.False(space.TryUpdate(Base + Page, old => old, out _));
        Assert.False(space.TryUpdate(Base + 2, old => old, out _));
        Assert.True(space.TryUpdate(Base + 4, old => old + 1, out _));
        Assert.True(space.TryRead(Base + 4, out uint word));
        Assert.Equal(1u, word);
        Assert.Equal(0, space.Protect(Base, Page, LibC.PROT_READ));
        Assert.False(space.TryUpdate(Base + 4, old => old + 1, out _));
        Assert.False(space.AllowsWrite(Base + 4, 1));
        Assert.False(space.TryReadString(ulong.MaxValue, 10, out _));
    }
}
