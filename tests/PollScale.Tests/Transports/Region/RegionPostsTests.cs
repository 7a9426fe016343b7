using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Region;
using PollScale.Tests.Shared;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

/// <summary>Requests that are left with the host, on a clock that the test sets.</summary>
public sealed class RegionPostsTests : IDisposable
{
    private readonly RegionLab _lab = new();
    private readonly RegionTransport _transport;
    private ulong _now = TscClock.Now;

    public RegionPostsTests()
    {
        _transport = _lab.Open();
        Run(20);
    }

    public void Dispose()
    {
        _transport.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void A_post_is_one_store_and_one_ring()
    {
        uint before = _lab.Request().Sequence;
        Post(9);

        Assert.Equal((before + 1, true, new FrequencyCall(FrequencyOp.SetPState, 9)), (_lab.Request().Sequence, _lab.Request().IsPosted, _lab.Request().Call));
        Assert.Equal(3u << 16, _lab.Rung);
        Assert.Equal(PostedNews.None, _transport.Look(_now));
        _lab.Serve();
        PostedNews news = _transport.Look(_now);
        Assert.Equal((9, true, new FrequencyReply(9)), (news.PState, news.Answered, news.Reply));
        Assert.Equal(PostedNews.None, _transport.Look(_now));
    }

    [Fact]
    public void A_host_that_spins_is_not_rung()
    {
        using RegionLab lab = new(flags: RegionFlags.ControlGranted | RegionFlags.HostSpins);
        using RegionTransport transport = lab.Open();

        Assert.Equal(0u, lab.Rung);
    }

    [Fact]
    public void The_newest_wins_and_an_older_answer_is_progress_only()
    {
        Post(9);
        _lab.Serve();
        Post(4);
        PostedNews news = _transport.Look(_now);
        Assert.Equal((9, true, false), (news.PState, news.Progress, news.Answered));
        Assert.False(_transport.Look(_now).Progress);
        _lab.Serve();
        news = _transport.Look(_now);
        Assert.Equal((4, true, new FrequencyReply(4)), (news.PState, news.Answered, news.Reply));
    }

    [Fact]
    public void What_is_answered_counts_when_the_status_shows_it()
    {
        _lab.AppliesLater = true;
        Post(9);
        _lab.Serve();
        Assert.False(_transport.Look(_now).Answered);
        _lab.Show(0, 9, _lab.Request().Sequence);

        Assert.Equal(new FrequencyReply(9), _transport.Look(_now).Reply);
    }

    [Fact]
    public void A_grant_that_the_status_never_shows_counts_at_the_next_slow_turn()
    {
        _lab.AppliesLater = true;
        Post(9);
        _lab.Serve();
        List<PostedNews> news = Run(30);

        Assert.Equal(20, Assert.Single(news, one => one.Answered).Reply.Value); // what is in force
    }

    [Theory]
    [InlineData(FrequencyStatus.Throttled)]
    [InlineData(FrequencyStatus.Denied)]
    public void An_error_is_read_at_once(FrequencyStatus fault)
    {
        _lab.Fault = fault;
        Post(9);
        _lab.Serve();

        Assert.Equal(fault, _transport.Look(_now).Reply.Status);
    }

    [Fact]
    public void The_wish_is_repeated_before_the_host_forgets_it()
    {
        Post(9);
        _lab.Serve();
        Run(20);
        uint first = _lab.Request().Sequence;
        List<PostedNews> news = Run(3000, serve: true);

        Assert.InRange(_lab.Request().Sequence - first, 6u, 8u);
        Assert.Equal(new FrequencyCall(FrequencyOp.SetPState, 9), _lab.Request().Call);
        Assert.DoesNotContain(news, one => one.Answered || one.PState is >= 0 and not 9);
    }

    [Fact]
    public void A_repeated_wish_that_is_refused_is_told()
    {
        Post(9);
        _lab.Serve();
        Run(20);
        _lab.Fault = FrequencyStatus.Denied;

        Assert.Equal(FrequencyStatus.Denied, Assert.Single(Run(600, serve: true), one => one.Answered).Reply.Status);
    }

    [Fact]
    public void An_answered_wish_is_repeated_too()
    {
        _lab.Start();
        Assert.Equal(new FrequencyReply(20), _transport.Call(new FrequencyCall(FrequencyOp.Min)));
        _lab.Stop();
        _now = TscClock.Now;
        Run(600, serve: true);

        Assert.Equal(new FrequencyCall(FrequencyOp.SetPState, 20), _lab.Request().Call);
        Assert.True(_lab.Request().IsPosted);
    }

    [Fact]
    public void A_change_of_the_hosts_own_shows_within_a_slow_turn()
    {
        _lab.Show(0, 12, 0);

        Assert.Equal(12, Assert.Single(Run(20), one => one.PState >= 0).PState);
    }

    [Fact]
    public void A_host_that_beats_and_does_not_answer_is_told_after_a_second()
    {
        Post(9);
        Assert.DoesNotContain(Run(900), one => one.Answered);

        Assert.Equal(FrequencyStatus.TimedOut, Assert.Single(Run(200), one => one.Answered).Reply.Status);
    }

    [Fact]
    public void A_host_whose_heart_stops_is_gone_until_it_beats_again()
    {
        Post(9);
        _lab.Serve();
        Run(20);
        Assert.DoesNotContain(Run(950, beat: false), one => one.Answered);
        Assert.Equal(FrequencyStatus.BackendFailed, Assert.Single(Run(200, beat: false), one => one.Answered).Reply.Status);
        Assert.True(_transport.HostGone);

        uint last = _lab.Request().Sequence;
        Post(0);
        Assert.Equal(last, _lab.Request().Sequence);
        Assert.Equal(FrequencyStatus.BackendFailed, Assert.Single(Run(50, beat: false), one => one.Answered).Reply.Status);
        Post(4);
        List<PostedNews> news = Run(500, serve: true);

        Assert.False(_transport.HostGone);
        Assert.Equal([new FrequencyReply(4)], news.Where(one => one.Answered).Select(one => one.Reply));
        Assert.Equal(4, _lab.Host().PState);
    }

    [Fact]
    public void Another_host_is_greeted_and_told_the_wish()
    {
        Post(9);
        _lab.Serve();
        Run(20);
        _lab.TakeOver(FakeHost.Table());
        Run(20);
        Assert.Equal(new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version), _lab.Request().Call);
        Post(4);
        Assert.Equal(FrequencyOp.Hello, _lab.Request().Call.Op);
        Run(2, serve: true);

        Assert.Equal((4, false), (_lab.Host().PState, _transport.HostGone));
        _lab.TakeOver(FakeHost.Table());
        Run(40, serve: true);
        Assert.Equal(4, _lab.Host().PState);
    }

    [Fact]
    public void A_header_that_is_being_written_is_not_read()
    {
        _lab.Wide(RegionLayout.NonceField) = 0;
        _lab[RegionLayout.PStatesField] = 0;
        Post(9);
        Run(40, serve: true);

        Assert.Equal((9, false), (_lab.Host().PState, _transport.HostGone));
    }

    [Fact]
    public void Another_host_of_other_P_states_grants_nothing()
    {
        _lab.TakeOver(FakeHost.Table(5));
        Run(20);
        Post(3);

        Assert.Contains(Run(40, serve: true), one => one.Reply.Status == FrequencyStatus.BackendFailed);
        Assert.True(_transport.Replaced);
        _lab.TakeOver(FakeHost.Table());
        Post(3);
        Run(60, serve: true);
        Assert.Equal((3, false), (_lab.Host().PState, _transport.Replaced));
    }

    [Fact]
    public void A_guest_that_stood_still_does_not_take_its_host_for_gone()
    {
        Run(150, beat: false);
        _now += Ticks(5000);
        Run(150, beat: false);

        Assert.False(_transport.HostGone);
    }

    [Fact]
    public void Posting_and_looking_allocate_nothing()
    {
        Many();
        Allocated.Nothing(() => Many());

        void Many()
        {
            for (int i = 0; i < 1000; i++)
            {
                Post(i % 20);
                _lab.Serve();
                _ = _transport.Look(_now += 1000);
            }
        }
    }

    private static ulong Ticks(int ms) => TscClock.FromMicroseconds((ulong)ms * 1000);

    private void Post(int pState) => _transport.Post(new FrequencyCall(FrequencyOp.SetPState, pState), _now);

    // A look every ms, as from a poll loop.
    private List<PostedNews> Run(int ms, bool beat = true, bool serve = false)
    {
        List<PostedNews> news = [];
        for (int i = 0; i < ms; i++)
        {
            _now += Ticks(1);
            if (beat && i % 50 == 0)
            {
                _lab.Beat();
            }

            if (serve)
            {
                _lab.Serve();
            }

            news.Add(_transport.Look(_now));
        }

        return news;
    }
}
