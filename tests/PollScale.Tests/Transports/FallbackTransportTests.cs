using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Tests.Scaling;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public sealed class FallbackTransportTests : IDisposable
{
    private readonly PostedHost _first = new(FakeHost.Table());
    private readonly LoopbackTransport _second = new(FakeHost.Table());
    private readonly FallbackTransport _transport;
    private int _opened;
    private bool _serves = true;

    public FallbackTransportTests() => _transport = new(_first, table =>
    {
        _opened++;
        Assert.Same(_first.PStates, table);
        return _serves ? _second : throw new FrequencyControlUnavailableException();
    }, new TscFrequency(1_000_000, TscSource.Calibration));

    public void Dispose()
    {
        _transport.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void While_the_first_lives_the_second_is_not_opened()
    {
        Post(9, 0);
        PostedNews news = _transport.Look(1);

        Assert.Equal((9, 0, "posted"), ((int)news.Reply.Value, _opened, _transport.Doorbell));
    }

    [Fact]
    public void What_the_first_lost_the_second_gets_and_the_first_again_when_it_is_back()
    {
        Post(9, 0);
        Gone();
        PostedNews news = _transport.Look(1);
        Assert.Equal((9, new FrequencyReply(9), 9, "loopback", false), (_second.PState, news.Reply, news.PState, _transport.Doorbell, _transport.HostGone));
        Post(4, 2);
        news = _transport.Look(3);
        Assert.Equal((4, new FrequencyReply(4)), (_second.PState, news.Reply));
        Assert.False(_transport.Look(4).Answered);
        Assert.Equal(new FrequencyReply(7), _transport.Call(new FrequencyCall(FrequencyOp.SetPState, 7)));

        (_first.HostGone, _first.Fault, _first.Delay) = (false, FrequencyStatus.Granted, 0);
        Post(3, 5);
        Assert.Equal((3, "posted", 1), ((int)_transport.Look(6).Reply.Value, _transport.Doorbell, _opened));
        Assert.Equal(7, _second.PState);
    }

    [Fact]
    public void A_second_that_nobody_serves_is_tried_once_a_second()
    {
        _serves = false;
        for (ulong ms = 0; ms < 2500; ms += 10)
        {
            Post(9, ms * 1_000_000);
            Gone();
            Assert.Equal(FrequencyStatus.BackendFailed, _transport.Look((ms + 1) * 1_000_000).Reply.Status);
        }

        Assert.Equal((3, true), (_opened, _transport.HostGone));
    }

    private void Post(int pState, ulong now) => _transport.Post(new FrequencyCall(FrequencyOp.SetPState, pState), now);

    private void Gone() => (_first.HostGone, _first.Fault, _first.Delay) = (true, FrequencyStatus.BackendFailed, 0);
}
