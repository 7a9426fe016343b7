using PollScale.HostStub.Channels.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

public class HypercallWarmUpTests
{
    /// <summary>A record that does not ring would leave the way behind it cold.</summary>
    [Fact]
    public void Each_of_its_records_rings()
    {
        const int Calls = 300; // over the end of the ring
        FakeSlot slot = new(cpu: 3);
        HypercallWarmUp.Run(slot, () => slot.Request++, Calls);
        Assert.Equal((Calls, Calls), (slot.Rings.Count(isAtHome => isAtHome), slot.Rings.Count));
        Assert.Equal(0ul, slot.Counters.Lost);
    }
}
