using FsCheck;
using FsCheck.Fluent;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.Tests.Hypercall;

public class FrequencyCallTests
{
    [Fact]
    public void Every_encodable_call_survives_its_slot()
    {
        Prop.ForAll<byte, int>((op, argument) =>
        {
            FrequencyCall call = new((FrequencyOp)(op % 10), argument % 80);
            bool known = FrequencyCall.TryFromSlot(call.Slot, out FrequencyCall decoded);
            return (known == (op % 10 < HypercallAbi.OpCount)) && (!call.IsEncodable || decoded == call);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_call_survives_its_number()
    {
        Prop.ForAll<byte, long>((op, argument) =>
        {
            FrequencyCall call = new((FrequencyOp)(op % HypercallAbi.OpCount), argument);
            return FrequencyCall.TryFromNumber(call.Number, argument, out FrequencyCall decoded) && decoded == call && (call.Number >> 31) == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x5053_0008UL)]
    [InlineData(0xFFFF_FFFF_5053_0000UL)]
    [InlineData(0x1_5053_0001UL)]
    public void Foreign_numbers_are_refused(ulong number) => Assert.False(FrequencyCall.TryFromNumber(number, 0, out _));

    [Fact]
    public void Step_minus_one_is_sixty_three_in_the_slot()
    {
        FrequencyCall call = new(FrequencyOp.Step, -1);

        Assert.Equal((3 << 6) + 63, call.Slot);
    }
}
