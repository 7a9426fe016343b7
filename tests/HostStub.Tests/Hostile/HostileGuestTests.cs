using PollScale.HostStub.Machine;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class HostileGuestTests(KvmLab lab)
{
    public static IEnumerable<TheoryDataRow<string>> Names => HostileGuests.All.Select(e => new TheoryDataRow<string>(e.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_guest_ends_as_it_must_and_the_host_lives_on(string name)
    {
        lab.SkipUnlessUsable();
        Expected expected = HostileGuests.All.Single(e => e.ToString() == name);
        string? skip = MachineDifferences.SkipReason(name);
        Assert.SkipUnless(skip is null, skip ?? "");
        expected = MachineDifferences.On(expected);
        GuestOutcome outcome = lab.Run(expected.Guest, expected.Arguments.Split(' '));
        Assert.True(expected.Matches(outcome), $"{expected} ended otherwise: {outcome.End}: {outcome.Cause}\nit printed: {outcome.Output}\n{outcome.Report}");
        Assert.DoesNotContain("The host failed", outcome.Cause, StringComparison.Ordinal);
        Assert.Equal(outcome.End == GuestEnd.Failed, outcome.Report is not null);
        lab.AssertStillUsable();
    }
}
