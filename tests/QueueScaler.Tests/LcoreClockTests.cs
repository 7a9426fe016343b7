using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.QueueScaler;

public class LcoreClockTests
{
    [Theory]
    [InlineData("max", 1.0)]
    [InlineData("index:1", 1.5)]
    [InlineData("min", 3.0)]
    public void Slowed_work_is_stretched_by_the_granted_P_state_though_it_is_real(string governor, double stretch)
    {
        LoopbackTransport transport = new(new PStateTable([3_000_000, 2_000_000, 1_000_000], 0, 2, 1000), emulated: false);
        using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = transport, Pinning = ThreadPinning.Ignore, Governor = GovernorCatalog.Parse(governor) });
        for (int poll = 0; poll < 1_000_000 && (scaler.Decisions < 3 || scaler.LastGranted != scaler.LastRequested); poll++)
        {
            scaler.Observe(0, 0);
        }

        Assert.Equal((uint)(stretch * 65536), new LcoreClock(transport, scaler).StretchQ16);
        Assert.Equal(65536u, new LcoreClock(transport).StretchQ16);
    }
}
