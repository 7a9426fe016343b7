using PollScale.HostStub.Exits;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Exits;

public class DoorbellDeviceTests
{
    private const uint User = 3, Kernel = 0;

    [Fact]
    public void A_hypercall_of_64_bit_code_is_answered_and_its_privilege_counted()
    {
        AllowingService service = new();
        DoorbellDevice device = new(service);
        Assert.Equal(2, device.Hypercall(0, Number(FrequencyOp.SetPState), 2, User, longMode: true));
        Assert.Equal(2, device.Hypercall(0, Number(FrequencyOp.GetPState), 0, Kernel, longMode: true));
        Assert.Equal((2L, 1L), (device.HypercallCalls, device.HypercallCallsFromUser));
        Assert.Equal(2, service.InForce);
    }

    [Fact]
    public void A_hypercall_of_32_bit_code_is_unknown_and_changes_nothing()
    {
        AllowingService service = new();
        DoorbellDevice device = new(service);
        Assert.Equal((long)FrequencyStatus.UnknownCall, device.Hypercall(0, Number(FrequencyOp.SetPState), 2, User, longMode: false));
        Assert.Equal((1L, 1L), (device.HypercallCalls, device.HypercallCallsFromUser));
        Assert.Equal((0, 1), (service.InForce, service.Unknown));
    }

    private static ulong Number(FrequencyOp op) => new FrequencyCall(op).Number;
}
