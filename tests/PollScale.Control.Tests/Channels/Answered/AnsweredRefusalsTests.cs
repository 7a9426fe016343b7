using System.ComponentModel;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>Where anything is not as granted the program writes nothing into the process, not a byte, and a count tells.</summary>
public class AnsweredRefusalsTests
{
    private static readonly FrequencyCall s_call = new(FrequencyOp.SetPState, 2);

    [Fact]
    public void An_answer_is_two_stores_and_nothing_else() => AnsweredThread.Run(thread =>
    {
        int state = thread.Grant(thread.Basic, 1);
        Assert.True(RequestWord.TryMake(9, s_call, false, out RequestWord word));
        thread.Request = word.Value;
        byte[] before = thread.Region.ToArray();
        thread.Call(9);

        Assert.Equal((2L, 9u), (thread.Result, thread.Echo));
        int slot = RegionLayout.Slot(AnsweredThread.Vcpu), result = slot + RegionLayout.ResultField, echo = slot + RegionLayout.EchoField;
        for (int i = 0; i < before.Length; i++)
        {
            bool isAnswer = (i >= result && i < result + sizeof(long)) || (i >= echo && i < echo + sizeof(uint));
            Assert.True(isAnswer || before[i] == thread.Region[i], $"byte 0x{i:x}");
        }

        Assert.Equal(new Standing(9, 2, 2).Word, thread.Answers.States.Read(state).Standing);
    }, mustWrite: true);

    [Fact]
    public void Calls_that_are_not_the_granted_threads_or_no_calls_of_this_ABI_are_left_alone() => AnsweredThread.Run(thread =>
    {
        Untouched(thread, () => thread.Call(9), grant: null);
        Untouched(thread, () => thread.Call(9), thread.Basic with { Thread = thread.Basic.Thread with { Thread = thread.Basic.Thread.Thread + 1 } });
        Untouched(thread, () => thread.Call(9), thread.Basic with { Thread = thread.Basic.Thread with { Process = thread.Basic.Thread.Process + 1 } });
        foreach (ulong number in (ulong[])[0, 0x5052_0000, 0x5054_0000, 0x1_5053_0000, 0x8000_0000_5053_0000, ulong.MaxValue])
        {
            Untouched(thread, () => thread.Call(9, number), thread.Basic);
        }

        Untouched(thread, () => thread.Call(0), thread.Basic); // the instruction is tried
        thread.Grant(thread.Basic, 1);
        Assert.True(thread.Withdraw(thread.Basic));
        Assert.False(thread.Withdraw(thread.Basic));
        Untouched(thread, () => thread.Call(9), grant: null);
    });

    [Fact]
    public void A_thread_whose_number_is_anothers_now_is_a_stranger() => AnsweredThread.Run(thread =>
    {
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Thread = thread.Basic.Thread with { StartTicks = thread.Basic.Thread.StartTicks + 1 } }).Strangers);
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Thread = thread.Basic.Thread with { StartTicks = thread.Basic.Thread.StartTicks - 1 } }).Strangers);
    });

    [Fact]
    public void Where_the_region_does_not_lie_nothing_is_written() => AnsweredThread.Run(thread =>
    {
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Nonce = AnsweredThread.Nonce + 1 }).OtherPages);
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Region = thread.Basic.Region + 64 }).OtherPages);
        foreach (ulong region in (ulong[])[0, 4096, 0x7fff_ffff_f000, 0xffff_8880_0000_0000, ulong.MaxValue & ~0xfffful]) // nothing there, the end of user space, the kernel's
        {
            Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Region = region }).Unreadable);
        }

        // The guest writes over the nonce: only it is not served.
        thread.NonceThere ^= 1;
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic).OtherPages);
        thread.NonceThere = 0; // a header is being written
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic).OtherPages);
        Assert.Throws<ArgumentOutOfRangeException>(() => thread.Grant(thread.Basic with { Nonce = 0 }, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => thread.Grant(thread.Basic with { Vcpu = 224 }, 1));
    });

    [Fact]
    public void A_call_for_what_the_slot_does_not_hold_is_dropped() => AnsweredThread.Run(thread =>
    {
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(8), thread.Basic).WrongSlot);
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(0x1_0000_0009), thread.Basic).WrongSlot); // its low half is right
        Assert.Equal(1ul, Untouched(thread, () => thread.Call(9), thread.Basic with { Vcpu = AnsweredThread.Vcpu + 1 }).WrongSlot);
    });

    [Fact]
    public void A_vCPU_on_another_CPU_is_not_answered() => AnsweredThread.Run(thread =>
    {
        VcpuState state = Untouched(thread, () => thread.Call(9), thread.Basic with { Policy = thread.Basic.Policy with { Pcpu = thread.Cpu + 1 } });
        Assert.Equal((1ul, 0ul, 0ul), (state.WrongCpu, state.Decided, state.PaidUntil)); // once it is back the same request is answered
    });

    [Fact]
    public void A_request_is_answered_once() => AnsweredThread.Run(thread =>
    {
        int state = thread.Grant(thread.Basic, 2);
        thread.Ask(9, new FrequencyCall(FrequencyOp.Step, -1));
        Assert.True(thread.Place.TryRead(out AnsweredRecord record));
        Assert.Equal((3L, 3), (record.Reply, record.Target));
        byte[] before = thread.Region.ToArray();
        thread.Call(9);
        Assert.True(thread.Region.SequenceEqual(before));
        Assert.Equal(1ul, thread.Answers.States.Read(state).Repeated);
        Assert.False(thread.Place.TryRead(out _));
    });

    [Fact]
    public void What_cannot_be_written_is_told_to_the_daemon_which_answers() => AnsweredThread.Run(thread =>
    {
        int state = thread.Grant(thread.Basic, 1);
        Assert.True(RequestWord.TryMake(9, s_call, false, out RequestWord word));
        thread.Request = word.Value;
        thread.Protect(LibC.PROT_READ);
        byte[] before = thread.Region.ToArray();
        thread.Call(9);
        Assert.True(thread.Region.SequenceEqual(before));
        Assert.Equal(1ul, thread.Answers.States.Read(state).Unwritten);
        Assert.True(thread.Place.TryRead(out AnsweredRecord record));
        Assert.Equal((-LibC.EFAULT, word.Value, CallVerdict.Granted, 2), (record.Written, record.Request, record.Verdict, record.Target));

        // A query too, which is not told else.
        thread.Protect(LibC.PROT_READ | LibC.PROT_WRITE);
        Assert.True(RequestWord.TryMake(10, new FrequencyCall(FrequencyOp.Limits), false, out word));
        thread.Request = word.Value;
        thread.Protect(LibC.PROT_READ);
        thread.Call(10);
        Assert.True(thread.Place.TryRead(out record));
        Assert.Equal((-LibC.EFAULT, (1L << 16) | 3), (record.Written, record.Reply));

        thread.Protect(LibC.PROT_NONE);
        thread.Call(10);
        Assert.Equal(1ul, thread.Answers.States.Read(state).Unreadable);
        thread.Protect(LibC.PROT_READ | LibC.PROT_WRITE);
    }, mustWrite: true);

    [Fact]
    public void Records_that_nobody_reads_are_counted_and_calls_answered_all_the_same() => AnsweredThread.Run(thread =>
    {
        int state = thread.Grant(thread.Basic, 1);
        uint sequence = 0;
        while (thread.Answers.States.Read(state).Lost < 3)
        {
            thread.Ask(++sequence, s_call);
            Assert.True(!thread.Writes || (thread.Result, thread.Echo) == (2L, sequence));
            Assert.InRange(sequence, 1u, 10_000u);
        }

        uint kept = 0;
        for (AnsweredRecord record; thread.Place.TryRead(out record); kept++)
        {
            Assert.Equal(kept + 1, (uint)record.Request);
        }

        Assert.Equal(sequence - 3, kept);
        thread.Ask(++sequence, s_call);
        Assert.True(thread.Place.TryRead(out AnsweredRecord next));
        Assert.Equal(3ul, next.Lost);
    });

    [Fact]
    public void A_grant_is_renewed_with_what_the_vCPU_has_and_owes() => AnsweredThread.Run(thread =>
    {
        int state = thread.Grant(thread.Basic, 1);
        thread.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 3));
        Assert.Equal(state, thread.Grant(thread.Basic with { Policy = thread.Basic.Policy with { Table = new PStateTable(thread.Basic.Policy.Table.KHz, 0, 2, 0) } }, 0));
        Assert.Equal(new Standing(1, 3, 3).Word, thread.Answers.States.Read(state).Standing);
        thread.Ask(2, new FrequencyCall(FrequencyOp.Min));
        Assert.True(thread.Place.TryRead(out _));
        Assert.True(thread.Place.TryRead(out AnsweredRecord record));
        Assert.Equal((2L, AuditReason.BoundSlowest), (record.Reply, record.Reason));
    });

    [Fact]
    public void A_place_that_is_given_back_is_taken_again_and_a_grant_there_begins_anew() => AnsweredThread.Run(thread =>
    {
        AnsweredPlace place = thread.Answers.Take();
        thread.Answers.Grant(place, thread.Basic, 1);
        thread.Ask(5, s_call);
        Assert.True(place.TryRead(out _));
        Assert.Equal(5ul, thread.Answers.States.Decided(place.Index));
        Assert.True(thread.Answers.Withdraw(place, thread.Basic));
        thread.Answers.Return(place);
        Assert.Same(place, thread.Answers.Take());
        thread.Answers.Grant(place, thread.Basic, 3);
        Assert.Equal(new Standing(0, Standing.NoWish, 3).Word, thread.Answers.States.Read(place.Index).Standing);
        Assert.NotEqual(thread.Place.Index, place.Index);
        thread.Answers.Return(place);
    });

    [Fact]
    public void It_attaches_where_KVM_is() => AnsweredThread.Run(thread =>
    {
        try
        {
            thread.Answers.Attach();
        }
        catch (Win32Exception e) when (e.NativeErrorCode == LibC.ENOENT)
        {
            Assert.Skip($"KVM is not loaded here: {e.Message}");
        }
    });

    // The slot holds request 9 throughout.
    private static VcpuState Untouched(AnsweredThread thread, Action call, AnsweredGrant? grant)
    {
        int state = grant is null ? -1 : thread.Grant(grant, 1);
        Assert.True(RequestWord.TryMake(9, s_call, false, out RequestWord word));
        thread.Request = word.Value;
        byte[] before = thread.Region.ToArray();
        call();
        Assert.True(thread.Region.SequenceEqual(before));
        Assert.False(thread.Place.TryRead(out _));
        VcpuState seen = state < 0 ? default : thread.Answers.States.Read(state);
        for (int verdict = 0; verdict < CallCounters.Results; verdict++)
        {
            Assert.Equal(0ul, seen.Calls[verdict]);
        }

        if (grant is not null)
        {
            thread.Withdraw(grant);
        }

        return seen;
    }
}
