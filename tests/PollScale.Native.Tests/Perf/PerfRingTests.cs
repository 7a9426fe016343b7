using System.Buffers.Binary;
using PollScale.Native;
using PollScale.Tests.Shared.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class PerfRingTests
{
    [Fact]
    public void Records_come_whole_and_in_order_and_their_room_goes_back()
    {
        using RingMemory memory = new();
        memory.Write(9, [1, 2, 3, 4, 5, 6, 7, 8]);
        memory.Write(2, [9, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8]);
        memory.Ring.Look();
        Assert.Equal((9u, "0102030405060708"), Next(memory));
        Assert.Equal((2u, "09090909090909090808080808080808"), Next(memory));
        Assert.Null(Next(memory));
        Assert.Equal(memory.Head, memory.Tail);
    }

    [Fact]
    public void What_comes_after_the_look_waits_for_the_next_one()
    {
        using RingMemory memory = new();
        memory.Ring.Look();
        memory.Write(9, new byte[8]);
        Assert.Null(Next(memory));
        Assert.Equal(0ul, memory.Tail);
        memory.Ring.Look();
        Assert.NotNull(Next(memory));
    }

    /// <summary>The head as well as the body may lie over the end, and the counters over theirs.</summary>
    [Fact]
    public void A_record_over_the_end_of_the_ring_comes_whole()
    {
        for (ulong offset = 0; offset < 64; offset++)
        {
            using RingMemory memory = new(64, ulong.MaxValue - offset);
            byte[] body = [.. Enumerable.Range(0, 40).Select(i => (byte)(i + 1))];
            memory.Write(9, body);
            memory.Ring.Look();
            Assert.Equal((9u, Convert.ToHexString(body)), Next(memory));
            Assert.Null(Next(memory));
            Assert.Equal(memory.Head, memory.Tail);
        }
    }

    /// <summary>While records are read the kernel may write until the old end of what is free, and lose what comes then.</summary>
    [Fact]
    public void A_ring_that_may_have_been_full_is_told_also_where_room_was_given_back_meanwhile()
    {
        const int Half = RingMemory.Page / 2;
        using RingMemory memory = new();
        Add(Half - 64);
        memory.Ring.Look();
        Add(Half - 64); // full, and lost
        while (Next(memory) is not null)
        {
            // gives the first half back
        }

        Assert.False(memory.Ring.MayHaveLost);
        memory.Ring.Look();
        Assert.True(memory.Ring.MayHaveLost);
        while (Next(memory) is not null)
        {
            // gives the rest back
        }

        memory.Ring.MayHaveLost = false;
        memory.Ring.Look();
        Add(Half - 64);
        memory.Ring.Look();
        Assert.False(memory.Ring.MayHaveLost);

        void Add(int bytes)
        {
            for (; bytes > 0; bytes -= 64)
            {
                memory.Write(9, new byte[56]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(65)]
    [InlineData(ushort.MaxValue)]
    public void A_length_that_no_record_has_passes_all_that_is_there_over(int size)
    {
        using RingMemory memory = new();
        memory.Write(9, new byte[56], size);
        memory.Ring.Look();
        Assert.Equal((PerfRing.Torn, ""), Next(memory));
        Assert.Null(Next(memory));
        Assert.Equal(memory.Head, memory.Tail);

        // and what comes then is read again
        memory.Write(9, [7, 7, 7, 7, 7, 7, 7, 7]);
        memory.Ring.Look();
        Assert.Equal((9u, "0707070707070707"), Next(memory));
    }

    [Fact]
    public void A_record_longer_than_what_is_given_out_is_passed_over_whole()
    {
        using RingMemory memory = new();
        memory.Write(9, new byte[1000]);
        memory.Write(2, [5, 5, 5, 5, 5, 5, 5, 5]);
        memory.Ring.Look();
        Assert.Equal(PerfRing.MostRecord, Convert.FromHexString(Next(memory)!.Value.Body).Length);
        Assert.Equal((2u, "0505050505050505"), Next(memory));
    }

    /// <summary>Any bytes, and any counter of the writer's: it ends, and reads nothing that does not belong to it.</summary>
    [Fact]
    public void Whatever_lies_in_a_ring_the_reader_ends()
    {
        Random random = new(5);
        for (int run = 0; run < 5000; run++)
        {
            using RingMemory memory = new(256, (ulong)random.NextInt64());
            byte[] bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            for (int i = 6; i < bytes.Length && run % 2 == 0; i += 24)
            {
                (bytes[i], bytes[Math.Min(i + 1, bytes.Length - 1)]) = ((byte)random.Next(0, 32), 0); // lengths that some records have
            }

            memory.Write(bytes);
            memory.Ring.Look();
            int records = 0;
            for (; Next(memory) is not null; records++)
            {
                Assert.True(records <= bytes.Length);
            }

            Assert.Equal(memory.Head, memory.Tail);
        }
    }

    [Fact]
    public void A_sample_says_who_where_and_what()
    {
        byte[] body = RingMemory.Hypercall(thread: 4711, cpu: 3, number: 0x50530002, argument: 4, sequence: 77);
        Assert.True(PerfSample.TryParse(body, out PerfSample sample));
        Assert.Equal((4711, 3, 52), (sample.Thread, sample.Cpu, sample.Raw.Length));
        Assert.Equal(0x50530002ul, BinaryPrimitives.ReadUInt64LittleEndian(sample.Raw[8..]));
        for (int length = 0; length < body.Length; length++)
        {
            Assert.False(PerfSample.TryParse(body.AsSpan(0, length), out _));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(16), uint.MaxValue);
        Assert.False(PerfSample.TryParse(body, out _));
    }

    private static (uint Type, string Body)? Next(RingMemory memory) =>
        memory.Ring.TryRead(out uint type, out ReadOnlySpan<byte> body) ? (type, Convert.ToHexString(body)) : null;
}
