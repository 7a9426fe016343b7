using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public unsafe class StatusPageTests
{
    [Fact]
    public void A_reading_is_never_torn()
    {
        byte* memory = stackalloc byte[StatusPage.PageSize];
        nint address = (nint)memory;
        using StatusPage page = new(memory);
        bool stop = false;
        Write(address, 1);
        Thread writer = new(() =>
        {
            for (uint value = 2; !Volatile.Read(ref stop); value++)
            {
                Write(address, value);
            }
        });
        writer.Start();
        int readings = 0;
        for (int i = 0; i < 200_000; i++)
        {
            if (page.TryRead(out StatusSnapshot snapshot))
            {
                readings++;
                Assert.True(snapshot.PState == snapshot.FrequencyKHz && snapshot.ChangedTsc == snapshot.PState && snapshot.Changes == snapshot.PState, snapshot.ToString());
            }
        }

        Volatile.Write(ref stop, true);
        writer.Join();
        Assert.True(readings > 0);
    }

    [Fact]
    public void A_writer_that_died_halfway_does_not_hang_the_reader()
    {
        byte* memory = stackalloc byte[StatusPage.PageSize];
        *(uint*)(memory + StatusPageLayout.Sequence) = 1;
        using StatusPage page = new(memory);

        Assert.False(page.TryRead(out _));
    }

    [Fact]
    public void A_disposed_page_reads_as_unstretched()
    {
        byte* memory = stackalloc byte[StatusPage.PageSize];
        *(uint*)(memory + StatusPageLayout.StretchQ16) = 5 << 16;
        StatusPage page = new(memory);
        Assert.Equal(5u << 16, page.StretchQ16);
        page.Dispose();

        Assert.Equal(StatusPageLayout.StretchOne, page.StretchQ16);
        Assert.False(page.TryRead(out _));
    }

    private static void Write(nint address, uint value)
    {
        byte* page = (byte*)address;
        ref uint sequence = ref *(uint*)(page + StatusPageLayout.Sequence);
        Volatile.Write(ref sequence, sequence + 1);
        Thread.MemoryBarrier();
        *(uint*)(page + StatusPageLayout.PState) = value;
        *(uint*)(page + StatusPageLayout.FrequencyKHz) = value;
        *(ulong*)(page + StatusPageLayout.ChangedTsc) = value;
        *(ulong*)(page + StatusPageLayout.Changes) = value;
        Volatile.Write(ref sequence, sequence + 1);
    }
}
