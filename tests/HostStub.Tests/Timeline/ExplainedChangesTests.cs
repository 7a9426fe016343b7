using PollScale.Governors;
using PollScale.HostStub.Timeline;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

public class ExplainedChangesTests
{
    private static readonly DecisionRecord s_up = new() { Ticks = 100, Before = 2, After = 0, Wanted = 0, Called = true, Reason = DecisionReason.Deadline };

    [Fact]
    public void A_change_is_explained_by_the_newest_decision_before_it_that_wanted_it()
    {
        ExplainedChanges changes = new(50);
        changes.Decisions.AddRange([s_up, s_up with { Ticks = 110, After = 2 }, s_up with { Ticks = 120, Reason = DecisionReason.Drain }, s_up with { Ticks = 140, Reason = DecisionReason.Rate }]);
        changes.Add(new PStateEffect(130, 2, 0, 7));

        Assert.True(changes.TryTake(131, out PStateEffect effect, out DecisionRecord? why));
        Assert.Equal((0, DecisionReason.Drain), (effect.To, why!.Value.Reason));
        Assert.False(changes.TryTake(131, out _, out _));
    }

    [Fact]
    public void A_posted_request_explains_what_it_wanted()
    {
        ExplainedChanges changes = new(50);
        changes.Decisions.Add(s_up with { After = 2, Posted = true });
        changes.Add(new PStateEffect(130, 2, 0, 7));

        Assert.True(changes.TryTake(131, out _, out DecisionRecord? why));
        Assert.NotNull(why);
    }

    [Fact]
    public void A_change_whose_decision_is_told_later_waits_for_it_but_not_for_ever()
    {
        ExplainedChanges changes = new(50);
        changes.Add(new PStateEffect(130, 2, 0, 7));
        changes.Add(new PStateEffect(135, 0, 2, 0));
        Assert.False(changes.TryTake(140, out _, out _));
        changes.Decisions.Add(s_up);
        Assert.True(changes.TryTake(140, out _, out DecisionRecord? why));
        Assert.NotNull(why);

        Assert.False(changes.TryTake(184, out _, out _));
        Assert.True(changes.TryTake(185, out PStateEffect effect, out why));
        Assert.Equal((2, null), (effect.To, why));
    }
}
