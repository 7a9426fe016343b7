using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using static PollScale.Native.BpfCondition;
using static PollScale.Native.BpfOperation;
using static PollScale.Native.BpfRegister;

namespace PollScale.HostStub.Channels.Answered;

/// <content>
/// What a call is answered: <see cref="FrequencyPolicy"/> and <see cref="CallMeaning"/> once more, as HostStub/kmod/policy.c has them. R0 op, R1 argument, R2 flags, R3 P-state in
/// force, R4 number of P-states, R9 P-state wished. At its end R1 reply, R2 verdict, R3 reason, R4 target.
/// </content>
internal static partial class AnsweringProgram
{
    private static void Decide(BpfAssembler program)
    {
        Unpack(program);
        Change(program);
        Query(program);
        Refuse(program, "unknown", FrequencyStatus.UnknownCall, CallVerdict.UnknownCall, AuditReason.NoSuchCall);
        Refuse(program, "malformed", FrequencyStatus.Invalid, CallVerdict.Malformed, AuditReason.BadArgument);
        Refuse(program, "not granted", FrequencyStatus.Denied, CallVerdict.Denied, AuditReason.NotGranted);
        Refuse(program, "not pinned", FrequencyStatus.Denied, CallVerdict.Denied, AuditReason.NotPinned);
        Refuse(program, "queries off", FrequencyStatus.Denied, CallVerdict.Denied, AuditReason.QueriesOff);
        Refuse(program, "throttled", FrequencyStatus.Throttled, CallVerdict.Throttled, AuditReason.BudgetSpent);
        program.Label("nothing changes")
            .Emit(BpfInstruction.Compute(Move, R4, -1), "target: none")
            .Label("decided")
            .Emit(BpfInstruction.Store(BpfSize.Double, Stack, F(nameof(AnsweredRecord.Reply)), R1), "reply, into the record")
            .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Verdict)), R2), "verdict")
            .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Reason)), R3), "reason")
            .Emit(BpfInstruction.Store(BpfSize.Word, Stack, F(nameof(AnsweredRecord.Target)), R4), "target")
            .Emit(BpfInstruction.Compute(Move, R9, R2), "R9: the verdict")
            .Jump(Above, R2, CallCounters.Results - 1, End, "there is none beyond; the verifier wants to be sure")
            .Emit(BpfInstruction.Compute(ShiftLeft, R2, 3), "eight bytes a count")
            .Emit(BpfInstruction.Compute(Add, R2, R7), "that count in the state")
            .Emit(BpfInstruction.Load(BpfSize.Double, R1, R2, S(nameof(VcpuState.Calls))), "its value")
            .Emit(BpfInstruction.Compute(Add, R1, 1), "one more")
            .Emit(BpfInstruction.Store(BpfSize.Double, R2, S(nameof(VcpuState.Calls)), R1), "counted");
    }

    private static void Unpack(BpfAssembler program) => program
        .Emit(BpfInstruction.Compute(Move, R0, R8), "op: bits 32 to 39 of the request")
        .Emit(BpfInstruction.Compute(ShiftRight, R0, 32), "without the sequence")
        .Emit(BpfInstruction.Compute(And, R0, byte.MaxValue), "and without flags")
        .Emit(BpfInstruction.Compute(Move, R1, R8), "argument: bits 48 to 63")
        .Emit(BpfInstruction.Compute(ShiftRightSigned, R1, 48), "with its sign")
        .Emit(BpfInstruction.Load(BpfSize.Word, R2, R6, G(nameof(GrantEntry.Flags))), "what the vCPU may")
        .Emit(BpfInstruction.Load(BpfSize.Double, R9, R7, S(nameof(VcpuState.Standing))), "what it wishes, and has")
        .Emit(BpfInstruction.Compute(Move, R3, R9), "in force: bits 48 to 63")
        .Emit(BpfInstruction.Compute(ShiftRight, R3, 48), "an index")
        .Emit(BpfInstruction.Compute(ShiftLeft, R9, 16), "wished: bits 32 to 47")
        .Emit(BpfInstruction.Compute(ShiftRightSigned, R9, 48), "with its sign")
        .Emit(BpfInstruction.Load(BpfSize.Word, R4, R6, G(nameof(GrantEntry.PStates))), "how many P-states there are")
        .Jump(AboveOrEqual, R0, HypercallAbi.OpCount, "unknown", "no op of the ABI")
        .Jump(Equal, R0, (int)FrequencyOp.Hello, "hello", "answered to all")
        .Jump(Equal, R0, (int)FrequencyOp.GetPState, "query", "asks")
        .Jump(AboveOrEqual, R0, (int)FrequencyOp.PStateKHz, "query", "asks");

    private static void Change(BpfAssembler program) => program
        .Emit(BpfInstruction.Compute(Move, R5, R2), "flags")
        .Emit(BpfInstruction.Compute(And, R5, (int)GrantFlags.Control), "may it change anything")
        .Jump(Equal, R5, 0, "not granted", "no")
        .Emit(BpfInstruction.Compute(And, R2, (int)GrantFlags.Pinned), "is it pinned")
        .Jump(Equal, R2, 0, "not pinned", "no")
        .Jump(Equal, R0, (int)FrequencyOp.Step, "step", "any number of P-states")
        .Jump(Equal, R0, (int)FrequencyOp.SetPState, "set", "an index")
        .Jump(NotEqual, R1, 0, "malformed", "Max and Min have no argument")
        .Emit(BpfInstruction.Compute(Move, R5, 0), "Max asks for the first")
        .Jump(Equal, R0, (int)FrequencyOp.Max, "asked", "so")
        .Emit(BpfInstruction.Compute(Move, R5, R4), "Min asks")
        .Emit(BpfInstruction.Compute(Subtract, R5, 1), "for the last")
        .Jump("asked", "so")
        .Label("set")
        .Jump(AboveOrEqual, R1, R4, "malformed", "not in the table; below 0 is far above, without its sign")
        .Emit(BpfInstruction.Compute(Move, R5, R1), "that index")
        .Jump("asked", "so")
        .Label("step")
        .Emit(BpfInstruction.Compute(Move, R5, R9), "from what is wished")
        .Jump(Greater, R5, -1, "counted from", "where it has a wish")
        .Emit(BpfInstruction.Compute(Move, R5, R3), "else from what is in force")
        .Label("counted from")
        .Emit(BpfInstruction.Compute(Subtract, R5, R1), "+ is faster: perhaps outside the table")
        .Label("asked")
        .Emit(BpfInstruction.Load(BpfSize.Word, R4, R6, G(nameof(GrantEntry.Fastest))), "the fastest allowed")
        .Jump(BpfCondition.Less, R5, R4, "too fast", "beyond it")
        .Emit(BpfInstruction.Load(BpfSize.Word, R4, R6, G(nameof(GrantEntry.Slowest))), "the slowest allowed")
        .Jump(Greater, R5, R4, "too slow", "beyond it")
        .Emit(BpfInstruction.Compute(Move, R2, (int)CallVerdict.Granted), "as asked")
        .Jump(NotEqual, R5, R3, "no reason", "another than is in force")
        .Jump(BpfCondition.Less, R9, 0, "there", "in force, and no wish says otherwise")
        .Jump(NotEqual, R5, R9, "no reason", "another than was wished")
        .Label("there")
        .Emit(BpfInstruction.Compute(Move, R2, (int)CallVerdict.Unchanged), "nothing new")
        .Emit(BpfInstruction.Compute(Move, R3, (int)AuditReason.AlreadyThere), "it was there")
        .Jump("changed", "so")
        .Label("no reason")
        .Emit(BpfInstruction.Compute(Move, R3, (int)AuditReason.None), "done as asked")
        .Jump("changed", "so")
        .Label("too fast")
        .Emit(BpfInstruction.Compute(Move, R3, (int)AuditReason.BoundFastest), "held to the fastest")
        .Jump("clamped", "so")
        .Label("too slow")
        .Emit(BpfInstruction.Compute(Move, R3, (int)AuditReason.BoundSlowest), "held to the slowest")
        .Label("clamped")
        .Emit(BpfInstruction.Compute(Move, R5, R4), "that bound")
        .Emit(BpfInstruction.Compute(Move, R2, (int)CallVerdict.Clamped), "not as asked")
        .Label("changed")
        .Emit(BpfInstruction.Compute(Move, R0, R5), "in force, as if it had been made")
        .Emit(BpfInstruction.Compute(ShiftLeft, R0, 16), "above")
        .Emit(BpfInstruction.Compute(Or, R0, R5), "the wish")
        .Emit(BpfInstruction.Compute(ShiftLeft, R0, 32), "above")
        .Emit(BpfInstruction.MoveLow(R1, R8), "the sequence")
        .Emit(BpfInstruction.Compute(Or, R0, R1), "which the daemon's correction names")
        .Emit(BpfInstruction.Store(BpfSize.Double, R7, S(nameof(VcpuState.Standing)), R0), "it stands, by one store")
        .Emit(BpfInstruction.Compute(Move, R1, R5), "reply: the index granted")
        .Emit(BpfInstruction.Compute(Move, R4, R5), "target: the same")
        .Jump("decided", "a change");

    private static void Query(BpfAssembler program) => program
        .Label("query")
        .Emit(BpfInstruction.Compute(And, R2, (int)GrantFlags.Queries), "may it ask")
        .Jump(Equal, R2, 0, "queries off", "no")
        .Jump(Equal, R0, (int)FrequencyOp.PStateKHz, "khz", "an index")
        .Jump(NotEqual, R1, 0, "malformed", "the others have no argument")
        .Jump(Equal, R0, (int)FrequencyOp.Limits, "limits", "bounds")
        .Emit(BpfInstruction.Compute(Move, R1, R3), "GetPState: what is in force")
        .Jump("told", "so")
        .Label("khz")
        .Jump(AboveOrEqual, R1, R4, "malformed", "not in the table")
        .Jump(Above, R1, HypercallAbi.MaxPStates - 1, "malformed", "no table is longer; the verifier wants to be sure")
        .Emit(BpfInstruction.Compute(ShiftLeft, R1, 2), "four bytes a frequency")
        .Emit(BpfInstruction.Compute(Add, R1, R6), "in the grant")
        .Emit(BpfInstruction.Load(BpfSize.Word, R1, R1, G(nameof(GrantEntry.KHz))), "its frequency")
        .Jump("told", "so")
        .Label("limits")
        .Emit(BpfInstruction.Load(BpfSize.Word, R1, R6, G(nameof(GrantEntry.Fastest))), "the fastest allowed")
        .Emit(BpfInstruction.Compute(ShiftLeft, R1, 16), "above")
        .Emit(BpfInstruction.Load(BpfSize.Word, R5, R6, G(nameof(GrantEntry.Slowest))), "the slowest allowed")
        .Emit(BpfInstruction.Compute(Or, R1, R5), "in one number")
        .Jump("told", "so")
        .Label("hello")
        .Emit(BpfInstruction.Compute(Move, R1, HypercallAbi.Version << 16), "version of the ABI")
        .Emit(BpfInstruction.Compute(Or, R1, R4), "and number of P-states")
        .Label("told")
        .Emit(BpfInstruction.Compute(Move, R2, (int)CallVerdict.Granted), "answered")
        .Emit(BpfInstruction.Compute(Move, R3, (int)AuditReason.None), "as asked")
        .Jump("nothing changes", "a query");

    private static void Refuse(BpfAssembler program, string label, FrequencyStatus reply, CallVerdict verdict, AuditReason reason) => program
        .Label(label)
        .Emit(BpfInstruction.Compute(Move, R1, (int)reply), $"reply: {reply}")
        .Emit(BpfInstruction.Compute(Move, R2, (int)verdict), $"verdict: {verdict}")
        .Emit(BpfInstruction.Compute(Move, R3, (int)reason), $"reason: {reason}")
        .Jump("nothing changes", "a refusal");
}
