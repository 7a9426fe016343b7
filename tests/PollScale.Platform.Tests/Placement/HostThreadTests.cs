using PollScale.Placement;
using Xunit;

namespace PollScale.Tests.Placement;

public class HostThreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_failure_is_kept_told_and_thrown_as_it_was()
    {
        PlacementException thrown = new("no such CPU");
        Exception? told = null;
        HostThread thread = new("failing", () => throw thrown, e => told = e);
        thread.Start();

        Assert.Same(thrown, Assert.Throws<PlacementException>(thread.JoinOrThrow));
        Assert.Same(thrown, told);
        Assert.Same(thrown, thread.Failure);
    }

    [Fact]
    public void A_body_that_ends_by_itself_has_no_failure()
    {
        bool told = false;
        HostThread thread = new("quiet", () => { }, _ => told = true);
        thread.Start();
        thread.JoinOrThrow();

        Assert.Null(thread.Failure);
        Assert.False(told);
    }

    [Fact]
    public void A_teller_that_fails_loses_neither_failure()
    {
        HostThread thread = new("failing", () => throw new InvalidOperationException("first"), _ => throw new IOException("second"));
        thread.Start();
        Assert.True(thread.Join(s_patience));

        Assert.Equal(["first", "second"], Assert.IsType<AggregateException>(thread.Failure).InnerExceptions.Select(e => e.Message));
    }

    [Fact]
    public void Joining_waits_no_longer_than_asked()
    {
        using ManualResetEventSlim release = new();
        HostThread thread = new("waiting", release.Wait);
        thread.Start();

        Assert.False(thread.Join(TimeSpan.FromMilliseconds(1)));
        release.Set();
        Assert.True(thread.Join(s_patience));
    }
}
