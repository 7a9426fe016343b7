using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

/// <summary>Ports of this machine, at which nobody answers.</summary>
public class PortDoorbellTests
{
    private const ushort Nobody = 0x5600;

    [Fact]
    public void A_thread_that_ends_for_another_may_ring_too()
    {
        PortDoorbell? doorbell = null;
        try
        {
            doorbell = new PortDoorbell(Nobody);
        }
        catch (FrequencyControlUnavailableException refused)
        {
            Assert.Skip(refused.Message);
        }

        FrequencyCall call = new(FrequencyOp.Max);
        long own = doorbell.Ring(call), others = 0;
        Thread other = new(() => others = doorbell.Ring(call));
        other.Start();
        other.Join();
        doorbell.Dispose();
        Assert.Equal(own, others); // without permission the process would have ended
    }
}
