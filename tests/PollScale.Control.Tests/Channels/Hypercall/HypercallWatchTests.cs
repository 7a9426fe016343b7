using PollScale.HostStub.Channels.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

/// <summary>Records of all kinds, and what of them rings.</summary>
public sealed class HypercallWatchTests : IDisposable
{
    private const int Cpu = 2;
    private readonly ScriptedRecords _records = new();
    private readonly FakeSlot _slot = new(Cpu);
    private readonly HypercallWatch _watch;

    public HypercallWatchTests() => _watch = new HypercallWatch(_slot, _records.Observed);

    [Fact]
    public void A_hypercall_rings_once_for_the_request_in_its_slot()
    {
        _slot.Request = 7;
        _records.Call(7, Cpu);
        _watch.Look(1);
        Assert.Equal([true], _slot.Rings);
        _watch.Look(2);
        Assert.Equal([true], _slot.Rings);
        Assert.Equal(1ul, _slot.Counters.Served);
        Assert.True(_records.Memory.IsRead);
    }

    [Fact]
    public void Many_rings_at_once_are_one_and_those_overtaken_are_no_fault()
    {
        _slot.Request = 9;
        foreach (ulong sequence in (ulong[])[6, 7, 8, 9, 9])
        {
            _records.Call(sequence, Cpu);
        }

        _watch.Look(1);
        Assert.Equal([true], _slot.Rings);
        Assert.Equal((0ul, 0ul, 0ul), (_slot.Counters.WrongSlot, _slot.Counters.WrongCpu, _slot.Counters.WrongThread));
    }

    [Fact]
    public void What_does_not_agree_is_dropped_and_counted()
    {
        _slot.Request = 9;
        _records.Call(10, Cpu);
        _records.Call(0, Cpu); // a probe of the instruction
        _records.Call(ulong.MaxValue, Cpu);
        _records.Call(9, Cpu, thread: 1);
        _watch.Look(1);
        Assert.Empty(_slot.Rings);
        Assert.Equal((2ul, 1ul, 0ul, 0ul), (_slot.Counters.WrongSlot, _slot.Counters.WrongThread, _slot.Counters.WrongCpu, _slot.Counters.Served));
    }

    [Fact]
    public void A_vCPU_on_another_pCPU_is_served_as_one_that_may_change_nothing()
    {
        _slot.Request = 9;
        _records.Call(9, Cpu + 1);
        _watch.Look(1);
        Assert.Equal([false], _slot.Rings);
        Assert.Equal((1ul, 0ul), (_slot.Counters.WrongCpu, _slot.Counters.Served));
    }

    /// <summary>A policy that moves the vCPU holds from the next record on.</summary>
    [Fact]
    public void The_pCPU_is_the_one_of_the_policy_in_force()
    {
        _slot.Request = 9;
        _slot.Pcpu = Cpu + 1;
        _records.Call(9, Cpu + 1);
        _watch.Look(1);
        Assert.Equal([true], _slot.Rings);
    }

    [Fact]
    public void Lost_records_are_counted_and_the_next_one_rings()
    {
        _slot.Request = 9;
        TellLost(41);
        _records.Write(LibC.PERF_RECORD_LOST, new byte[8]); // too short to say how many
        _records.Write(5, new byte[24]); // a kind that is not looked at
        _records.Call(9, Cpu);
        _watch.Look(1);
        Assert.Equal([true], _slot.Rings);
        Assert.Equal(41ul, _slot.Counters.Lost);
    }

    /// <summary>A ring that was full and into which nothing came since: no record tells what was lost.</summary>
    [Fact]
    public void What_the_kernel_counts_as_lost_is_counted_once_whichever_way_it_is_told()
    {
        Fill();
        _records.Dropped = 7;
        _watch.Look(1);
        Assert.Equal(0ul, _slot.Counters.Lost);
        _watch.Tick(2);
        Assert.Equal(7ul, _slot.Counters.Lost);

        TellLost(7); // comes with the next record that fits
        _watch.Look(3);
        Assert.Equal(7ul, _slot.Counters.Lost);

        TellLost(9); // comes before the count
        _watch.Look(4);
        Assert.Equal(16ul, _slot.Counters.Lost);
        Fill();
        _records.Dropped = 17;
        _watch.Look(5);
        _watch.Tick(6);
        Assert.Equal(17ul, _slot.Counters.Lost);
    }

    /// <summary>To read the count interrupts the vCPU.</summary>
    [Fact]
    public void The_kernels_count_is_read_where_the_ring_was_full_and_only_then()
    {
        for (uint i = 1; i < 10; i++)
        {
            _slot.Request = i;
            _records.Call(i, Cpu);
            _watch.Look(i);
            _watch.Tick(i);
        }

        Assert.Equal(0, _records.Counts);
        Fill();
        _watch.Look(20);
        _watch.Tick(21);
        _watch.Tick(22);
        Assert.Equal(1, _records.Counts);
    }

    [Fact]
    public void A_sample_too_short_for_rcx_is_none()
    {
        _slot.Request = 9;
        _records.Write(LibC.PERF_RECORD_SAMPLE, RingMemory.Hypercall(ScriptedRecords.Thread, Cpu, 0, 0, 9).AsSpan(0, 40));
        _watch.Look(1);
        Assert.Empty(_slot.Rings);
        Assert.Equal(1ul, _slot.Counters.Lost);
    }

    [Fact]
    public void Who_rings_for_nothing_is_not_listened_to_for_a_while()
    {
        for (int i = 0; i < 16; i++)
        {
            _records.Call(77, Cpu);
        }

        _watch.Look(1);
        Assert.False(_watch.IsPaused);
        _records.Call(77, Cpu);
        _watch.Look(2);
        Assert.True(_watch.IsPaused);
        _watch.Resume();
        Assert.False(_watch.IsPaused);
        _watch.Look(3);
        Assert.False(_watch.IsPaused);
    }

    [Fact]
    public void Who_has_spent_the_budget_is_not_listened_to_for_a_while()
    {
        _slot.Request = 9;
        _slot.Outcome = RingOutcome.Throttled;
        _records.Call(9, Cpu);
        _watch.Look(1);
        Assert.True(_watch.IsPaused);
    }

    [Fact]
    public void The_threads_end_is_seen_by_the_tick()
    {
        Assert.False(_watch.HasEnded);
        _records.End();
        _watch.Tick(1);
        Assert.True(_watch.HasEnded);
    }

    [Fact]
    public void A_record_costs_no_memory()
    {
        uint sequence = 0;
        Action look = () =>
        {
            _watch.Look(sequence);
            _watch.Resume();
        };
        for (int i = 0; i < 200; i++)
        {
            Ring()();
        }

        Allocated.Nothing(Ring);

        Action Ring()
        {
            sequence++;
            _slot.Request = sequence;
            _records.Call(sequence, Cpu);
            _records.Call(sequence + 1, Cpu);
            return look;
        }
    }

    /// <summary>One byte of a good record changed: it rings no more where the byte says who, where or for what, and as before where it does not.</summary>
    [DrawnProperty(500)]
    public bool A_changed_byte_rings_only_where_it_says_nothing(ushort at, byte change, uint request)
    {
        const int Thread = 4, Home = 8, Size = 16, Sequence = 20 + 24;
        request = Math.Max(1, request);
        byte[] body = RingMemory.Hypercall(ScriptedRecords.Thread, Cpu, 0, 0, request);
        int changed = at % body.Length;
        body[changed] ^= Math.Max((byte)1, change);
        using ScriptedRecords records = new();
        FakeSlot slot = new(Cpu) { Request = request };
        records.Write(LibC.PERF_RECORD_SAMPLE, body);
        new HypercallWatch(slot, records.Observed).Look(1);
        return changed switch
        {
            >= Thread and < Thread + 4 or >= Sequence and < Sequence + 8 => slot.Rings.Count == 0,
            >= Home and < Home + 4 => slot.Rings is [false],
            >= Size and < Size + 4 => slot.Rings is [] or [true], // what is cut off behind rcx cuts nothing
            _ => slot.Rings is [true],
        };
    }

    /// <summary>Bytes that no kernel wrote, from any place of the ring on.</summary>
    [DrawnProperty(500)]
    public bool Random_bytes_end_and_ring_for_nothing(byte[] bytes, ulong start, uint request)
    {
        using RingMemory memory = new(256, start);
        memory.Write(bytes);
        using ScriptedRecords records = new(memory);
        FakeSlot slot = new(Cpu) { Request = request };
        new HypercallWatch(slot, records.Observed).Look(1);
        return slot.Rings.Count == 0 && memory.IsRead;
    }

    /// <summary>Whatever the kernel's ring may hold: only a record that agrees in all rings, and it ends.</summary>
    [DrawnProperty(300)]
    public bool Random_records_ring_only_for_what_they_agree_with(byte[][] bodies, uint request)
    {
        using ScriptedRecords records = new();
        FakeSlot slot = new(Cpu) { Request = request };
        HypercallWatch watch = new(slot, records.Observed);
        int written = 0;
        foreach (byte[] body in bodies)
        {
            if (written + body.Length + 8 <= RingMemory.Page)
            {
                records.Write(LibC.PERF_RECORD_SAMPLE, body);
                written += body.Length + 8;
            }
        }

        watch.Look(1);
        return slot.Rings.Count == 0 && records.Memory.IsRead;
    }

    public void Dispose() => _records.Dispose();

    private void TellLost(ulong count)
    {
        byte[] lost = new byte[16];
        BitConverter.TryWriteBytes(lost.AsSpan(8), count);
        _records.Write(LibC.PERF_RECORD_LOST, lost);
    }

    // As many records as the ring has room for.
    private void Fill()
    {
        for (ulong start = _records.Memory.Head; _records.Memory.Head - start + PerfRing.MostRecord <= RingMemory.Page;)
        {
            _records.Call(0, Cpu);
        }
    }
}
