using System.Diagnostics;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>What a program in the kernel has answered is made true, shown and noted, whatever the guest does beside it.</summary>
public class AnswerServerTests
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);
    private static readonly FrequencyCall s_faster = new(FrequencyOp.Step, 1);

    [Fact]
    public void A_call_is_answered_when_it_ends_and_made_true_soon_after() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        Assert.Equal(lab.Writes, lab.Call(1, Set(2)));
        Until(lab, 2);
        Assert.Equal(2, lab.Host.Services[0].Wish);
        ChannelLab.Until(() => lab.Vm.Status(0, StatusPageLayout.PState) == 2 && lab.Vm.Status(0, RegionLayout.AppliedSequenceField) == 1, "its status does not say so");
        ChannelLab.Until(() => lab.Host.Audit.Records.Any(record => record is { InKernel: true, Result: CallVerdict.Granted, Call: { Op: FrequencyOp.SetPState, Argument: 2 } }), "the audit has no line of it");
        ChannelLab.Until(() => Vcpu(lab).Observed?.Served > 0, "it is not counted");
        Assert.Null(Vcpu(lab).Problem);
        if (lab.Writes)
        {
            Assert.Equal(2, lab.Vm.Result(0).Value);
        }
    });

    [Fact]
    public void What_was_decided_is_not_served_a_second_time_however_often_the_doorbell_rings() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.Call(1, Set(3));
        Until(lab, 3);
        lab.Call(2, s_faster);
        Until(lab, 2);
        for (int ring = 0; ring < 5; ring++)
        {
            lab.Vm.Ring(0);
        }

        Thread.Sleep(600); // a slot is looked at four times a second, whoever rang
        Assert.Equal((2, 2), (lab.Host.Backends[0].Requested, lab.Host.Services[0].Wish));
        lab.Call(3, s_faster);
        Until(lab, 1);
    });

    [Fact]
    public void A_wish_of_the_doorbell_is_what_the_next_call_counts_from_and_the_other_way_round() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.Call(5000, Set(1));
        Until(lab, 1);
        Assert.Equal(4, lab.Vm.Ask(0, Set(4)).Value);
        lab.Call(5001, s_faster);
        Until(lab, 3);
        Assert.Equal(2, lab.Vm.Ask(0, s_faster).Value);
        lab.Call(5002, s_faster);
        Until(lab, 1);
    });

    [Fact]
    public void What_cannot_be_written_is_answered_by_the_daemon() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        Assert.SkipUnless(lab.Writes, "This kernel is locked down (integrity): no program may write into a process. The lab's kernels run this test.");
        Assert.True(RequestWord.TryMake(7, Set(1), false, out RequestWord word));
        lab.Vm.Write(0, word.Value);
        lab.Protect(LibC.PROT_READ);
        lab.Execute(7);
        Assert.Equal(1ul, lab.Unwritten);
        Until(lab, 1);
        ChannelLab.Until(() => lab.Vm.Echo(0) == 7 && lab.Vm.Result(0).Value == 1, "nobody answers");
        lab.Protect(LibC.PROT_READ | LibC.PROT_WRITE);
    });

    [Fact]
    public void A_change_whose_record_found_no_room_is_made_true_all_the_same() => AnswerLab.Run(lab =>
    {
        const int More = 3000; // than wait for a shard
        lab.UntilAnswered();
        using (lab.HoldShard())
        {
            for (uint sequence = 1; sequence <= More; sequence++)
            {
                lab.Call(sequence, Set((int)(sequence % 3)));
            }

            lab.Call(More + 1, Set(3));
            Thread.Sleep(300); // the records are brought meanwhile
        }

        Until(lab, 3);
        ChannelLab.Until(() => Vcpu(lab).Observed?.Lost > 0, "nothing was lost");
        lab.Call(More + 2, s_faster);
        Until(lab, 2);
    });

    [Fact]
    public void A_vCPU_that_is_not_pinned_any_more_has_no_answers_until_it_is_again() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.Host.Services[0].SetPinned(false);
        ChannelLab.Until(() => !lab.IsTold, "the guest is not told");
        lab.Call(1, Set(0));
        Thread.Sleep(300);
        Assert.Equal(RegionLab.Rest, lab.Host.Backends[0].Requested);
        ChannelLab.Until(() => Vcpu(lab).Problem is not null, "the report does not say so");
        lab.Host.Services[0].SetPinned(true);
        lab.UntilAnswered();
        lab.Call(2, Set(0));
        Until(lab, 0);
        ChannelLab.Until(() => Vcpu(lab).Problem is null, "the report still says so");
    });

    [Fact]
    public void A_thread_that_has_ended_is_answered_no_more_and_the_one_that_comes_is() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.IsThere = false;
        ChannelLab.Until(() => !lab.IsTold, "the guest is not told");
        ChannelLab.Until(() => lab.Host.Events.Any(line => line.Contains("not answered within their exit", StringComparison.Ordinal) && line.Contains("is not there", StringComparison.Ordinal)), "it is not told");
        lab.IsThere = true;
        lab.UntilAnswered();
        lab.Call(2, Set(2));
        Until(lab, 2);
    });

    [Fact]
    public void Without_the_right_the_doorbell_goes_on_and_the_reason_is_told() => AnswerLab.Run(lab =>
    {
        Assert.Equal(2, lab.Vm.Ask(0, Set(2)).Value);
        ChannelLab.Until(() => Vcpu(lab).Problem == lab.Refusal, "the report does not say so");
        ChannelLab.Until(() => lab.Host.Events.Any(line => line.Contains("not answered within their exit", StringComparison.Ordinal) && line.Contains(lab.Refusal!, StringComparison.Ordinal)), "it is not told");
        Assert.False(lab.IsTold);
        lab.Refusal = null;
        lab.UntilAnswered();
    }, refusal: "the kernel is locked down.");

    [Fact]
    public void A_process_that_takes_two_guests_pages_is_answered_for_one() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        using IvshmemPeer second = lab.Host.Connect(1);
        ChannelLab.Until(() => lab.Host.Server.Vcpus[1].Problem?.Contains("answers for another vCPU already", StringComparison.Ordinal) == true, "it is not told");
        Assert.DoesNotContain(lab.Host.Events, line => line.Contains("vm1", StringComparison.Ordinal) && line.Contains("are answered within their exit", StringComparison.Ordinal));
        lab.Call(1, Set(2));
        Until(lab, 2);
        Assert.Equal(RegionLab.Rest, lab.Host.Backends[1].Requested);
    }, guests: 2);

    [Fact]
    public void A_wish_lapses_when_its_vCPU_is_silent_and_a_query_says_that_it_is_not() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.Call(1, Set(1));
        Until(lab, 1);
        uint sequence = 1;
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed < 2 * s_silence; Thread.Sleep(50))
        {
            lab.Call(++sequence, new FrequencyCall(FrequencyOp.GetPState));
            Assert.Equal(1, lab.Host.Backends[0].Requested);
        }

        Until(lab, RegionLab.Rest);
        ChannelLab.Until(() => lab.Standing.Wish == Standing.NoWish, "the program is not told");
        lab.Call(++sequence, s_faster); // from what is in force now
        Until(lab, RegionLab.Rest - 1);
    }, silence: s_silence);

    [Fact]
    public void A_VM_that_goes_takes_its_wishes_along() => AnswerLab.Run(lab =>
    {
        lab.UntilAnswered();
        lab.Call(1, Set(1));
        Until(lab, 1);
        lab.Vm.Socket.Dispose();
        Until(lab, RegionLab.Rest);
    });

    private static FrequencyCall Set(int pState) => new(FrequencyOp.SetPState, pState);

    private static ServedVcpu Vcpu(AnswerLab lab) => lab.Host.Server.Vcpus[0];

    private static void Until(AnswerLab lab, int pState) => ChannelLab.Until(() => lab.Host.Backends[0].Requested == pState, $"P-state {pState} does not come");
}
