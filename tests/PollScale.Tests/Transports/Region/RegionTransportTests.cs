using System.Diagnostics;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

public sealed class RegionTransportTests : IDisposable
{
    private readonly RegionLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Calls_are_answered_over_the_slot_of_the_threads_vcpu()
    {
        _lab.Start();
        using RegionTransport transport = _lab.Open(vcpu: 1);

        Assert.Equal(("region", 1, true, false), (transport.Doorbell, transport.Vcpu, transport.ControlGranted, transport.Emulated));
        Assert.Equal(new FrequencyReply(7), transport.Call(new FrequencyCall(FrequencyOp.SetPState, 7)));
        Assert.Equal((7, 20), (_lab.Host(1).PState, _lab.Host(0).PState));
        Assert.Equal((3u << 16) | 1, _lab.Rung);
        Assert.False(_lab.Request(1).IsPosted);
    }

    [Theory]
    [InlineData((int)FrequencyOp.SetPState, 70_000L, FrequencyStatus.Invalid)]
    [InlineData((int)FrequencyOp.Step, long.MinValue, FrequencyStatus.Invalid)]
    [InlineData(300, 0L, FrequencyStatus.UnknownCall)]
    [InlineData(200, 0L, FrequencyStatus.UnknownCall)]
    public void What_does_not_fit_a_request_is_refused(int op, long argument, FrequencyStatus status)
    {
        _lab.Start();
        using RegionTransport transport = _lab.Open();

        Assert.Equal(status, transport.Call(new FrequencyCall((FrequencyOp)op, argument)).Status);
    }

    [Fact]
    public void A_scaler_scales_over_it_and_ends_at_the_fastest()
    {
        _lab.Start();
        using RegionTransport transport = _lab.Open();
        LcoreScaler scaler = new(new LcoreScalerOptions { Transport = transport, Pinning = ThreadPinning.Ignore, Governor = context => FixedGovernor.Min(context.PStates) });
        Assert.Equal(0, _lab.Host().PState);
        for (Stopwatch time = Stopwatch.StartNew(); scaler.LastGranted != 20 && time.Elapsed < TimeSpan.FromSeconds(30);)
        {
            scaler.Observe(0, 0);
        }

        Assert.Equal((20, 20, FrequencyStatus.Granted), (_lab.Host().PState, scaler.LastGranted, scaler.LastStatus));
        scaler.Dispose();
        Assert.Equal(0, _lab.Host().PState);
    }

    [Fact]
    public void A_call_that_nobody_answers_times_out()
    {
        using RegionTransport transport = _lab.Open(options: _lab.Options with { AnswerTimeout = TimeSpan.FromMilliseconds(400) });
        Assert.Equal(FrequencyStatus.TimedOut, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 3)).Status);

        _lab.Start();
        Assert.Equal(new FrequencyReply(4), transport.Call(new FrequencyCall(FrequencyOp.SetPState, 4)));
    }
}
