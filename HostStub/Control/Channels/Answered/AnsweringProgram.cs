using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using static PollScale.Native.BpfCondition;
using static PollScale.Native.BpfOperation;
using static PollScale.Native.BpfRegister;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// The BPF program that answers a hypercall within its exit. It runs in the vCPU's thread where KVM passes its tracepoint kvm_hypercall, whoever in the guest called: looks
/// whether that thread is granted and still the one it was, reads the request from the slot by one load, decides as <see cref="FrequencyPolicy"/> does, and writes result and
/// then echo into the slot. Whatever is not as granted, nothing is written, and a count tells. Without loops; never waits.
/// </summary>
internal static partial class AnsweringProgram
{
    /// <summary>Name of the tracepoint, whose arguments are nr (rax), a0 (rbx), a1 (rcx), a2 and a3.</summary>
    public const string Tracepoint = "kvm_hypercall";

    /// <summary>For who lists programs.</summary>
    public const string Name = "pollscale";

    private const int Frame = 64; // a record
    private const int Argument = sizeof(ulong), Scratch = -Frame - sizeof(ulong), SlotAddress = Scratch - sizeof(ulong);
    private const string End = "end", Count = "count";

    /// <summary>Puts the program together.</summary>
    /// <param name="grants">Descriptor of the map from <see cref="AnsweredGrant.Owner"/> to <see cref="GrantEntry"/>.</param>
    /// <param name="states">Descriptor of the array of <see cref="VcpuState"/>.</param>
    /// <param name="rings">Descriptor of the array, alike, of rings of <see cref="AnsweredRecord"/>.</param>
    /// <param name="startBoottime">Where the kernel's task_struct has start_boottime, in bytes.</param>
    public static IReadOnlyList<BpfLine> Assemble(int grants, int states, int rings, int startBoottime)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Unsafe.SizeOf<AnsweredRecord>(), Frame);
        BpfAssembler program = new();
        Identify(program, grants, states, startBoottime);
        FindRequest(program);
        Pay(program);
        Decide(program);
        Write(program);
        Record(program, rings);
        CountRest(program);
        return program.Build();
    }

    private static void Identify(BpfAssembler program, int grants, int states, int startBoottime) => program
        .Emit(BpfInstruction.Compute(Move, R6, R1), "keep the tracepoint's arguments")
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, R6, 0), "nr: the guest's rax")
        .Emit(BpfInstruction.Compute(ShiftRight, R1, 16), "all but the op")
        .Jump(NotEqual, R1, (int)(HypercallAbi.NumberBase >> 16), End, "no call of this ABI")
        .Emit(BpfInstruction.Load(BpfSize.Double, R9, R6, 2 * Argument), "a1: the guest's rcx, the request's sequence")
        .Jump(Equal, R9, 0, End, "0 is no request: somebody tries the instruction")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_get_current_pid_tgid), "who calls, by the kernel's word")
        .Emit(BpfInstruction.Store(BpfSize.Double, Stack, F(nameof(AnsweredRecord.Owner)), R0), "into the record, which is the key too")
        .LoadMap(R1, grants, "the grants")
        .Emit(BpfInstruction.Compute(Move, R2, Stack), "the key")
        .Emit(BpfInstruction.Compute(Add, R2, F(nameof(AnsweredRecord.Owner))), "lies in the record")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_map_lookup_elem), "this thread's grant")
        .Jump(Equal, R0, 0, End, "it has none")
        .Emit(BpfInstruction.Compute(Move, R6, R0), "R6: the grant")
        .Emit(BpfInstruction.Load(BpfSize.Word, R1, R6, G(nameof(GrantEntry.State))), "index of its state")
        .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.State)), R1), "into the record, which is the key too")
        .LoadMap(R1, states, "the states")
        .Emit(BpfInstruction.Compute(Move, R2, Stack), "the key")
        .Emit(BpfInstruction.Compute(Add, R2, F(nameof(AnsweredRecord.State))), "lies in the record")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_map_lookup_elem), "the vCPU's state")
        .Jump(Equal, R0, 0, End, "there is none of that index")
        .Emit(BpfInstruction.Compute(Move, R7, R0), "R7: the state")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_get_current_task_btf), "the thread's task_struct")
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, R0, startBoottime), "when it began, in ns; the verifier knows the struct")
        .Emit(BpfInstruction.Compute(Divide, R1, GrantEntry.TickNs), "in clock ticks, as /proc tells it")
        .Emit(BpfInstruction.Load(BpfSize.Double, R2, R6, G(nameof(GrantEntry.Began))), "when the granted one began")
        .Jump(NotEqual, R1, R2, nameof(VcpuState.Strangers), "the thread's number is another's now");

    // An entry that is renewed twice within a call may change under it. All addresses come of one load, which the nonce is then compared for: whatever else
    // changes, nothing is written outside that region.
    private static void FindRequest(BpfAssembler program)
    {
        program
            .Emit(BpfInstruction.Load(BpfSize.Double, R3, R6, G(nameof(GrantEntry.Region))), "where the region lies in the process's memory")
            .Emit(BpfInstruction.Load(BpfSize.Word, R1, R6, G(nameof(GrantEntry.Slot))), "from there to the vCPU's slot")
            .Emit(BpfInstruction.Compute(Add, R1, R3), "where the slot lies")
            .Emit(BpfInstruction.Store(BpfSize.Double, Stack, SlotAddress, R1), "kept")
            .Emit(BpfInstruction.Compute(Add, R3, RegionLayout.NonceField), "where the nonce lies");
        ReadUser(program, Scratch, "the nonce that lies there")
            .Emit(BpfInstruction.Load(BpfSize.Double, R1, Stack, Scratch), "the nonce there")
            .Emit(BpfInstruction.Load(BpfSize.Double, R2, R6, G(nameof(GrantEntry.Nonce))), "the region's")
            .Jump(NotEqual, R1, R2, nameof(VcpuState.OtherPages), "what lies there is not the region")
            .Emit(BpfInstruction.Load(BpfSize.Double, R3, Stack, SlotAddress), "the slot")
            .Emit(BpfInstruction.Compute(Add, R3, RegionLayout.RequestField), "where the request lies");
        ReadUser(program, F(nameof(AnsweredRecord.Request)), "the request, by one load")
            .Emit(BpfInstruction.Load(BpfSize.Double, R8, Stack, F(nameof(AnsweredRecord.Request))), "R8: the request")
            .Emit(BpfInstruction.MoveLow(R1, R8), "its sequence")
            .Jump(NotEqual, R1, R9, nameof(VcpuState.WrongSlot), "the call is not for what this slot holds")
            .Emit(BpfInstruction.Load(BpfSize.Double, R2, R7, S(nameof(VcpuState.Decided))), "the last sequence decided")
            .Jump(Equal, R1, R2, nameof(VcpuState.Repeated), "a request is decided once")
            .Emit(BpfInstruction.Call(LibC.BPF_FUNC_get_smp_processor_id), "the CPU that this runs on")
            .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Cpu)), R0), "into the record")
            .Emit(BpfInstruction.Load(BpfSize.Word, R1, R6, G(nameof(GrantEntry.Pcpu))), "the vCPU's own")
            .Jump(NotEqual, R0, R1, nameof(VcpuState.WrongCpu), "the vCPU runs elsewhere: for the daemon, which it may ask")
            .Emit(BpfInstruction.Store(BpfSize.Double, R7, S(nameof(VcpuState.Decided)), R9), "this request is decided now");
    }

    // From the address in R3, which the kernel follows only as far as it is a process's.
    private static BpfAssembler ReadUser(BpfAssembler program, int room, string what) => program
        .Emit(BpfInstruction.Compute(Move, R1, Stack), "room on the stack")
        .Emit(BpfInstruction.Compute(Add, R1, room), "for eight bytes")
        .Emit(BpfInstruction.Compute(Move, R2, sizeof(ulong)), "eight bytes")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_probe_read_user), what)
        .Jump(NotEqual, R0, 0, nameof(VcpuState.Unreadable), "there is none, or not in memory");

    // GCRA, as RequestBudget and the kernel module have it.
    private static void Pay(BpfAssembler program) => program
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_ktime_get_ns), "now")
        .Emit(BpfInstruction.Store(BpfSize.Double, Stack, F(nameof(AnsweredRecord.TimeNs)), R0), "into the record")
        .Emit(BpfInstruction.Store(BpfSize.Double, R7, S(nameof(VcpuState.LastCallNs)), R0), "a wish lapses by it")
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, R7, S(nameof(VcpuState.PaidUntil))), "start: until when calls are paid")
        .Jump(Above, R1, R0, "ahead", "beyond now")
        .Emit(BpfInstruction.Compute(Move, R1, R0), "or now")
        .Label("ahead")
        .Emit(BpfInstruction.Compute(Move, R2, R1), "how far ahead")
        .Emit(BpfInstruction.Compute(Subtract, R2, R0), "of now")
        .Emit(BpfInstruction.Load(BpfSize.Double, R3, R6, G(nameof(GrantEntry.ToleranceNs))), "how far it may be")
        .Jump(Above, R2, R3, "throttled", "the budget is spent")
        .Emit(BpfInstruction.Load(BpfSize.Double, R2, R6, G(nameof(GrantEntry.NsPerCall))), "what a call costs")
        .Emit(BpfInstruction.Compute(Add, R2, R1), "end: paid until then")
        .Jump(Below, R2, R1, "throttled", "the end of time: refuse rather than wrap to a full budget")
        .Emit(BpfInstruction.Store(BpfSize.Double, R7, S(nameof(VcpuState.PaidUntil)), R2), "paid");

    // Result first: a guest that sees the echo sees the result.
    private static void Write(BpfAssembler program) => WriteUser(WriteUser(program, RegionLayout.ResultField, nameof(AnsweredRecord.Reply), sizeof(long), "the result")
            .Jump(NotEqual, R0, 0, "unwritten", "no echo without it"),
            RegionLayout.EchoField, nameof(AnsweredRecord.Request), sizeof(uint), "the echo: the request's low half")
        .Jump(Equal, R0, 0, "written", "the guest has its answer")
        .Label("unwritten")
        .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Written)), R0), "why not, for the daemon")
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, R7, S(nameof(VcpuState.Unwritten))), "answers not written")
        .Emit(BpfInstruction.Compute(Add, R1, 1), "one more")
        .Emit(BpfInstruction.Store(BpfSize.Double, R7, S(nameof(VcpuState.Unwritten)), R1), "counted")
        .Jump(Equal, R9, (int)CallVerdict.Throttled, End, "who floods is not worth a record")
        .Jump("record", "the daemon answers by its own mapping")
        .Label("written")
        .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Written)), 0), "nothing is left to write")
        .Jump(Equal, R9, (int)CallVerdict.Throttled, End, "who floods is not worth a record")
        .Jump(NotEqual, R9, (int)CallVerdict.Granted, "record", "changes and refusals are the daemon's too")
        .Emit(BpfInstruction.Load(BpfSize.Word, R1, Stack, F(nameof(AnsweredRecord.Target))), "P-state granted, or -1")
        .Jump(Above, R1, HypercallAbi.MaxPStates - 1, End, "a query changed nothing");

    private static BpfAssembler WriteUser(BpfAssembler program, int field, string from, int bytes, string what) => program
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, Stack, SlotAddress), "into the slot")
        .Emit(BpfInstruction.Compute(Add, R1, field), "at its place")
        .Emit(BpfInstruction.Compute(Move, R2, Stack), "from the record")
        .Emit(BpfInstruction.Compute(Add, R2, F(from)), "where it stands")
        .Emit(BpfInstruction.Compute(Move, R3, bytes), "so many bytes")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_probe_write_user), what);

    private static void Record(BpfAssembler program, int rings) => program
        .Label("record")
        .Emit(BpfInstruction.Load(BpfSize.Double, R1, R7, S(nameof(VcpuState.Lost))), "records lost so far")
        .Emit(BpfInstruction.Store(BpfSize.Double, Stack, F(nameof(AnsweredRecord.Lost)), R1), "into the record")
        .LoadMap(R1, rings, "the rings")
        .Emit(BpfInstruction.Compute(Move, R2, Stack), "the key")
        .Emit(BpfInstruction.Compute(Add, R2, F(nameof(AnsweredRecord.State))), "lies in the record")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_map_lookup_elem), "the vCPU's ring")
        .Jump(Equal, R0, 0, "no room", "there is none of that index")
        .Emit(BpfInstruction.Compute(Move, R1, R0), "that ring")
        .Emit(BpfInstruction.Compute(Move, R2, Stack), "the record")
        .Emit(BpfInstruction.Compute(Add, R2, -Frame), "from its first byte")
        .Emit(BpfInstruction.Compute(Move, R3, Frame), "to its last")
        .Emit(BpfInstruction.Compute(Move, R4, 0), "wakes the shard where it has read all before")
        .Emit(BpfInstruction.Call(LibC.BPF_FUNC_ringbuf_output), "told")
        .Jump(Equal, R0, 0, End, "there was room")
        .Label("no room")
        .Emit(BpfInstruction.Compute(Move, R2, S(nameof(VcpuState.Lost))), "there was none")
        .Jump(Count, "counted");

    private static void CountRest(BpfAssembler program)
    {
        foreach (string count in (string[])[nameof(VcpuState.Strangers), nameof(VcpuState.Unreadable), nameof(VcpuState.OtherPages), nameof(VcpuState.WrongSlot), nameof(VcpuState.Repeated), nameof(VcpuState.WrongCpu)])
        {
            program.Label(count).Emit(BpfInstruction.Compute(Move, R2, S(count)), $"{count}: nothing is written").Jump(Count, "counted");
        }

        program.Label(Count)
            .Emit(BpfInstruction.Compute(Add, R2, R7), "that count in the state")
            .Emit(BpfInstruction.Load(BpfSize.Double, R1, R2, 0), "its value")
            .Emit(BpfInstruction.Compute(Add, R1, 1), "one more")
            .Emit(BpfInstruction.Store(BpfSize.Double, R2, 0, R1), "counted")
            .Label(End)
            .Emit(BpfInstruction.Compute(Move, R0, 0), "the kernel looks at no result here")
            .Emit(BpfInstruction.Exit, "and KVM goes on");
    }

#pragma warning disable CA1421 // These have no field that marshalling would change.
    private static int G(string field) => (int)Marshal.OffsetOf<GrantEntry>(field);

    private static int S(string field) => (int)Marshal.OffsetOf<VcpuState>(field);

    // The record lies at the upper end of the stack.
    private static int F(string property) => (int)Marshal.OffsetOf<AnsweredRecord>($"<{property}>k__BackingField") - Frame;
#pragma warning restore CA1421
}
