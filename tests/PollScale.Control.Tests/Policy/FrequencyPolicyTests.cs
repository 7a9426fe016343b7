using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

public class FrequencyPolicyTests
{
    private static readonly PStateTable s_table = new([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000], 1, 3, 20_000);

    [Theory]
    [InlineData(FrequencyOp.SetPState, 0, nameof(CallVerdict.Clamped), nameof(AuditReason.BoundFastest))]
    [InlineData(FrequencyOp.Min, 0, nameof(CallVerdict.Clamped), nameof(AuditReason.BoundSlowest))]
    [InlineData(FrequencyOp.SetPState, 2, nameof(CallVerdict.Unchanged), nameof(AuditReason.AlreadyThere))]
    [InlineData(FrequencyOp.SetPState, 3, nameof(CallVerdict.Granted), nameof(AuditReason.None))]
    [InlineData(FrequencyOp.SetPState, 9, nameof(CallVerdict.Malformed), nameof(AuditReason.BadArgument))]
    [InlineData((FrequencyOp)99, 0, nameof(CallVerdict.UnknownCall), nameof(AuditReason.NoSuchCall))]
    public void Each_decision_has_its_reason(FrequencyOp op, long argument, string result, string reason)
    {
        PolicyDecision decision = new FrequencyPolicy(s_table, granted: true).Decide(new GuestRequest(0, new FrequencyCall(op, argument), 2));

        Assert.Equal((result, reason), (decision.Result.ToString(), decision.Reason.ToString()));
    }

    [Theory]
    [InlineData(false, 0, true, nameof(AuditReason.NotGranted))]
    [InlineData(true, 1, true, nameof(AuditReason.NotTheLcore))]
    [InlineData(true, 0, false, nameof(AuditReason.NotPinned))]
    public void Each_denial_has_its_reason(bool granted, int vcpu, bool pinned, string reason)
    {
        PolicyDecision decision = new FrequencyPolicy(s_table, granted).Decide(new GuestRequest(vcpu, new FrequencyCall(FrequencyOp.Max), 2, 2, pinned));

        Assert.Equal((CallVerdict.Denied, reason, -1), (decision.Result, decision.Reason.ToString(), decision.Target));
    }

    [Fact]
    public void Without_queries_a_guest_learns_only_that_someone_answers()
    {
        FrequencyPolicy policy = new(s_table, granted: true, queries: false);
        foreach (FrequencyOp op in (FrequencyOp[])[FrequencyOp.GetPState, FrequencyOp.PStateKHz, FrequencyOp.Limits])
        {
            Assert.Equal(AuditReason.QueriesOff, policy.Decide(new GuestRequest(0, new FrequencyCall(op), 2)).Reason);
        }

        Assert.Equal(CallVerdict.Granted, policy.Decide(new GuestRequest(0, new FrequencyCall(FrequencyOp.Hello), 2)).Result);
    }

    [Fact]
    public void The_same_request_gets_the_same_decision_within_bounds()
    {
        Prop.ForAll<(int Op, long Argument, byte State, byte Kind)>(input =>
        {
            (int op, long argument, byte state, byte kind) = input;
            FrequencyPolicy policy = new(s_table, kind % 7 != 0, queries: kind % 5 != 0);
            FrequencyCall call = new((FrequencyOp)(kind % 4 == 0 ? op : op & 7), kind % 3 == 0 ? argument : argument % 6);
            GuestRequest request = new(kind % 11 == 0 ? 1 : 0, call, state % 5, (state >> 4) % 5, kind % 13 != 0);
            PolicyDecision first = policy.Decide(request), second = policy.Decide(request);
            bool refused = first.Reply.IsError && first.Target == -1 && first.Reason != AuditReason.None;
            bool changes = first.Target is >= 1 and <= 3 && first.Reply.Value == first.Target;
            return first == second && (refused || changes || (first.Target == -1 && first.Result == CallVerdict.Granted));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Every_reason_has_a_sentence()
    {
        string[] sentences = [.. Enum.GetValues<AuditReason>().Select(AuditReasonText.Of)];

        Assert.Equal(sentences.Length, sentences.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => AuditReasonText.Of((AuditReason)(-1)));
    }
}
