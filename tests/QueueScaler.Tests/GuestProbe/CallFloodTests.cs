using PollScale.GuestProbe.Calls;
using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.QueueScaler.GuestProbe;

public class CallFloodTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_throttled_call_is_repeated_until_it_is_paid_for(int throttled)
    {
        using ThrottlingTransport transport = new(throttled);
        Assert.Equal(4, CallFlood.CallPatiently(transport, new FrequencyCall(FrequencyOp.GetPState)).Value);
        Assert.Equal(throttled + 1, transport.Calls);
    }

    [Fact]
    public void A_refused_call_is_not_repeated()
    {
        using ThrottlingTransport transport = new(0, (long)FrequencyStatus.Denied);
        Assert.Equal(FrequencyStatus.Denied, CallFlood.CallPatiently(transport, new FrequencyCall(FrequencyOp.SetPState)).Status);
        Assert.Equal(1, transport.Calls);
    }

    private sealed class ThrottlingTransport(int throttled, long reply = 4) : IFrequencyTransport
    {
        public int Calls { get; private set; }

        public string Doorbell => "test";

        public PStateTable PStates { get; } = new([2_000_000, 1_000_000], 0, 1, 1000);

        public bool ControlGranted => true;

        public bool Emulated => true;

        public uint StretchQ16 => 65536;

        public FrequencyReply Call(FrequencyCall call) => Calls++ < throttled ? new FrequencyReply(FrequencyStatus.Throttled) : new FrequencyReply(reply);

        public void Dispose()
        {
        }
    }
}
