using System.ComponentModel;
using System.Runtime.InteropServices;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;
using static PollScale.Native.BpfRegister;

namespace PollScale.Tests.Native;

/// <summary>Maps, programs, rings and tracepoints of the real kernel.</summary>
public class BpfKernelTests
{
    private const ulong Mark = 0x1122_3344_5566_7788;

    public BpfKernelTests() => Assert.SkipWhen(BpfHere.Missing is not null, BpfHere.Missing ?? "");

    [Fact]
    public void A_map_keeps_replaces_and_forgets_values()
    {
        using BpfMap map = BpfMap.Create(LibC.BPF_MAP_TYPE_HASH, 8, 4, 2, 0, "test.map_1");
        byte[] value = new byte[4];
        Assert.False(map.TryLookup(Key(1), value));
        map.Update(Key(1), [1, 2, 3, 4]);
        map.Update(Key(1), [5, 6, 7, 8]);
        Assert.True(map.TryLookup(Key(1), value));
        Assert.Equal([5, 6, 7, 8], value);
        map.Update(Key(2), [0, 0, 0, 0]);
        Assert.Equal(LibC.E2BIG, Assert.Throws<Win32Exception>(() => map.Update(Key(3), [0, 0, 0, 0])).NativeErrorCode);
        Assert.True(map.Delete(Key(1)));
        Assert.False(map.Delete(Key(1)));
        Assert.False(map.TryLookup(Key(1), value));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Update([1], value));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Update(Key(1), [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BpfMap.Create(LibC.BPF_MAP_TYPE_HASH, 8, 4, 2, 0, "a name of 16 lett"));
    }

    [Fact]
    public void A_program_gets_its_arguments_and_gives_its_result()
    {
        using BpfProgram program = BpfProgram.Load(
            new BpfAssembler().Emit(BpfInstruction.Load(BpfSize.Double, R0, R1, 8), "second argument").Emit(BpfInstruction.Compute(BpfOperation.Add, R0, 1), "and one").Emit(BpfInstruction.Exit, "").Build(), "test");
        Assert.Equal(43u, program.Run([7, 42]));
        Assert.Equal(LibC.EINVAL, Assert.Throws<Win32Exception>(() => program.Run([7])).NativeErrorCode);
    }

    [Fact]
    public void What_the_verifier_refuses_is_told_with_its_words()
    {
        Win32Exception refused = Assert.Throws<Win32Exception>(() => BpfProgram.Load(new BpfAssembler().Emit(BpfInstruction.Exit, "without a result").Build(), "test"));
        Assert.Contains("Loading the BPF program test failed: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("verifier refuses it: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("R0 !read_ok", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_gives_records_in_their_order_over_its_end_and_what_finds_no_room_is_lost()
    {
        const int Bytes = 4096, Record = 16, WithHead = Record + 8;
        using BpfRing ring = BpfRing.Create(Bytes, "test");
        using BpfProgram program = Tell(ring);
        byte[] room = new byte[Record];
        Assert.False(ring.TryRead(room, out _));
        for (ulong i = 0; i < 3 * Bytes / WithHead; i++)
        {
            Assert.Equal(0u, program.Run([i]));
            Assert.True(ring.Map.Descriptor.WaitReadable(1000));
            Assert.True(ring.TryRead(room, out int length));
            Assert.Equal((Record, i, Mark), (length, MemoryMarshal.Read<ulong>(room), MemoryMarshal.Read<ulong>(room.AsSpan(8))));
            Assert.False(ring.TryRead(room, out _));
        }

        Assert.False(ring.Map.Descriptor.WaitReadable(0));
        int taken = 0, kept = 0;
        for (ulong i = 0; i < Bytes; i++)
        {
            taken += program.Run([i]) == 0 ? 1 : 0;
        }

        for (; ring.TryRead(room.AsSpan(0, 8), out int length); kept++)
        {
            Assert.Equal((8, (ulong)kept), (length, MemoryMarshal.Read<ulong>(room)));
        }

        Assert.Equal(taken, kept);
        Assert.InRange(kept, (Bytes / WithHead) - 2, Bytes / WithHead);
    }

    [Fact]
    public void A_program_runs_where_its_tracepoint_is_passed_until_it_is_let_go()
    {
        Assert.SkipUnless(new FileInfo("/proc/self/ns/pid").LinkTarget == "pid:[4026531836]", "A program sees other numbers of threads than this process, which is in a pid namespace of its own.");
        using BpfRing ring = BpfRing.Create(1 << 16, "test");
        byte[] room = new byte[16];
        using (BpfProgram program = BpfProgram.Load(
            Told(new BpfAssembler().Emit(BpfInstruction.Compute(BpfOperation.Move, R6, R1), "arguments").Emit(BpfInstruction.Load(BpfSize.Double, R1, R6, 8), "number of the system call").Emit(BpfInstruction.Compute(BpfOperation.Move, R0, 0), "no result")
                .Jump(BpfCondition.NotEqual, R1, LibC.SYS_gettid, "end", "another").Emit(BpfInstruction.Call(LibC.BPF_FUNC_get_current_pid_tgid), "who").Emit(BpfInstruction.Compute(BpfOperation.Move, R1, R0), "so"), ring), "test"))
        using (RawTracepoint.Attach("sys_enter", program))
        {
            _ = LibC.gettid();
        }

        ulong own = ((ulong)LibC.getpid() << 32) | (uint)LibC.gettid();
        Assert.Contains(own, Read());
        _ = LibC.gettid();
        Assert.DoesNotContain(own, Read());

        List<ulong> Read()
        {
            List<ulong> seen = [];
            while (ring.TryRead(room, out _))
            {
                seen.Add(MemoryMarshal.Read<ulong>(room));
            }

            return seen;
        }
    }

    [Fact]
    public void A_tracepoint_that_is_not_there_is_told_with_what_to_do()
    {
        using BpfRing ring = BpfRing.Create(4096, "test");
        using BpfProgram program = Tell(ring);
        Win32Exception missing = Assert.Throws<Win32Exception>(() => RawTracepoint.Attach("nowhere", program));
        Assert.Equal(LibC.ENOENT, missing.NativeErrorCode);
        Assert.Contains("tracepoint nowhere failed", missing.Message, StringComparison.Ordinal);
        Assert.Contains("load the module", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernel_tells_where_a_member_of_its_structs_lies()
    {
        Assert.SkipUnless(File.Exists(KernelTypes.Path), $"There is no {KernelTypes.Path}.");
        KernelTypes types = KernelTypes.Parse(File.ReadAllBytes(KernelTypes.Path))!;
        int? pid = types.FindMember("task_struct", "pid");
        Assert.NotNull(pid);
        Assert.Equal(pid + sizeof(int), types.FindMember("task_struct", "tgid"));
        Assert.Null(types.FindMember("task_struct", "nowhere"));
        Assert.Null(types.FindMember("nowhere", "pid"));

        using BpfProgram program = BpfProgram.Load(
            new BpfAssembler().Emit(BpfInstruction.Call(LibC.BPF_FUNC_get_current_task_btf), "this thread").Emit(BpfInstruction.Load(BpfSize.Word, R0, R0, pid!.Value), "its number").Emit(BpfInstruction.Exit, "").Build(), "test");
        Assert.Equal((uint)LibC.gettid(), program.Run([]));
    }

    private static byte[] Key(ulong key) => BitConverter.GetBytes(key);

    private static BpfProgram Tell(BpfRing ring) => BpfProgram.Load(Told(new BpfAssembler().Emit(BpfInstruction.Load(BpfSize.Double, R1, R1, 0), "first argument"), ring), "test");

    // R1 and a mark into the ring.
    private static IReadOnlyList<BpfLine> Told(BpfAssembler program, BpfRing ring) => program
        .Emit(BpfInstruction.Store(BpfSize.Double, BpfRegister.Stack, -16, R1), "first word")
        .Emit(BpfInstruction.Compute(BpfOperation.Move, R2, (int)(Mark >> 32)), "high half of the mark")
        .Emit(BpfInstruction.Store(BpfSize.Word, BpfRegister.Stack, -4, R2), "second word")
        .Emit(BpfInstruction.Store(BpfSize.Word, BpfRegister.Stack, -8, unchecked((int)Mark)), "second word")
        .LoadMap(R1, ring.Map.Descriptor.Fd, "ring")
        .Emit(BpfInstruction.Compute(BpfOperation.Move, R2, BpfRegister.Stack), "record")
        .Emit(BpfInstruction.Compute(BpfOperation.Add, R2, -16), "record")
        .Emit(BpfInstruction.Compute(BpfOperation.Move, R3, 16), "bytes")
        .Emit(BpfInstruction.Compute(BpfOperation.Move, R4, 0), "wakes")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_ringbuf_output), "told")
        .Jump(BpfCondition.Always, R0, 0, "end", "its result")
        .Label("end")
        .Emit(BpfInstruction.Compute(BpfOperation.And, R0, -1), "its result")
        .Emit(BpfInstruction.Exit, "")
        .Build();
}
