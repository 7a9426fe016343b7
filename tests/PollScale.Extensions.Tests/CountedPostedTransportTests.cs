using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Extensions.Tests;

public class CountedPostedTransportTests
{
    [Fact]
    public void A_posted_request_counts_when_its_answer_is_seen()
    {
        using Posted posted = new();
        using CountedTransport counted = CountedPostedTransport.Of(posted);
        IPostedTransport transport = Assert.IsAssignableFrom<IPostedTransport>(counted);
        transport.Post(new FrequencyCall(FrequencyOp.SetPState, 2), now: 1000);
        Assert.Equal(0UL, counted.Durations().Count);
        Assert.Equal(2, transport.Look(now: 6000).Reply.Value);
        Assert.False(transport.Look(now: 7000).Answered);

        Assert.Equal((1UL, 5000UL), (counted.Durations().Count, counted.Durations().Max));
        Assert.Equal([(FrequencyStatus.Granted, 1UL)], counted.Calls().Where(one => one.Count > 0));
        Assert.Equal((posted.EffectNs, posted.HostGone), (transport.EffectNs, transport.HostGone));
    }

    [Fact]
    public void What_only_answers_is_not_posted_to()
    {
        using CountedTransport counted = CountedPostedTransport.Of(new LoopbackTransport());

        Assert.False(counted is IPostedTransport);
    }

    private sealed class Posted : IPostedTransport
    {
        private readonly LoopbackTransport _host = new();
        private FrequencyCall? _left;

        public string Doorbell => _host.Doorbell;

        public PStateTable PStates => _host.PStates;

        public bool ControlGranted => true;

        public bool Emulated => false;

        public uint StretchQ16 => _host.StretchQ16;

        public uint EffectNs => 7;

        public bool HostGone => true;

        public FrequencyReply Call(FrequencyCall call) => _host.Call(call);

        public void Post(FrequencyCall call, ulong now) => _left = call;

        public PostedNews Look(ulong now)
        {
            FrequencyCall? left = _left;
            _left = null;
            return left is null ? PostedNews.None : PostedNews.None.With(_host.Call(left.Value));
        }

        public void Dispose() => _host.Dispose();
    }
}
