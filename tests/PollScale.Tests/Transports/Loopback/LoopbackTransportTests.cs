using FsCheck;
using FsCheck.Fluent;
using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public class LoopbackTransportTests
{
    [Theory]
    [InlineData(FrequencyOp.Hello, 1, (1 << 16) | 21)]
    [InlineData(FrequencyOp.GetPState, 0, 18)]
    [InlineData(FrequencyOp.GetPState, 1, -22)]
    [InlineData(FrequencyOp.SetPState, 7, 7)]
    [InlineData(FrequencyOp.SetPState, 0, 2)]
    [InlineData(FrequencyOp.SetPState, 20, 18)]
    [InlineData(FrequencyOp.SetPState, 21, -22)]
    [InlineData(FrequencyOp.SetPState, -1, -22)]
    [InlineData(FrequencyOp.Step, 1, 17)]
    [InlineData(FrequencyOp.Step, -1, 18)]
    [InlineData(FrequencyOp.Step, long.MaxValue, 2)]
    [InlineData(FrequencyOp.Step, long.MinValue, 18)]
    [InlineData(FrequencyOp.Max, 0, 2)]
    [InlineData(FrequencyOp.Min, 0, 18)]
    [InlineData(FrequencyOp.Max, 3, -22)]
    [InlineData(FrequencyOp.PStateKHz, 20, 1_000_000)]
    [InlineData(FrequencyOp.PStateKHz, 21, -22)]
    [InlineData(FrequencyOp.Limits, 0, (2 << 16) | 18)]
    [InlineData((FrequencyOp)8, 0, -1000)]
    public void Answers_are_those_of_the_abi(FrequencyOp op, long argument, long expected)
    {
        LoopbackTransport host = new(FakeHost.Table(fastest: 2, slowest: 18));

        Assert.Equal(expected, host.Call(new FrequencyCall(op, argument)).Value);
    }

    [Fact]
    public void Without_control_only_questions_are_answered()
    {
        LoopbackTransport host = new(FakeHost.Table(), controlGranted: false);

        Assert.Equal(FrequencyStatus.Denied, host.Call(new FrequencyCall(FrequencyOp.Max)).Status);
        Assert.Equal(20, host.Call(new FrequencyCall(FrequencyOp.GetPState)).Value);
    }

    [Fact]
    public void The_stretch_is_the_ratio_of_frequencies()
    {
        LoopbackTransport host = new(FakeHost.Table(), emulated: true);

        Assert.Equal(3u << 16, host.StretchQ16);
        host.Call(new FrequencyCall(FrequencyOp.Max));
        Assert.Equal(StatusPageLayout.StretchOne, host.StretchQ16);
    }

    [Fact]
    public void No_call_leaves_the_allowed_range() => Prop.ForAll<int, long>((op, argument) =>
    {
        LoopbackTransport host = new(FakeHost.Table(fastest: 3, slowest: 9));
        FrequencyReply reply = host.Call(new FrequencyCall((FrequencyOp)(op % 9), argument));
        return host.PState is >= 3 and <= 9 && reply.Value is >= -1000 and <= 3_000_000;
    }).QuickCheckThrowOnFailure();
}
