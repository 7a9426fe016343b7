using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Cores;

public class ChannelTests
{
    private const long Us = SimTime.Microsecond;
    private const long Ms = SimTime.Millisecond;

    [Fact]
    public void A_direct_call_arrives_at_half_its_round_trip() =>
        Assert.Equal(new CallResult(Us, (7 * Us) + (Us / 2), Granted: true), new DirectCall().Open(1).Send(7 * Us));

    [Fact]
    public void A_lone_message_over_virtio_serial_waits_for_at_most_a_turn()
    {
        VirtioSerial port = new();
        List<long> delays = [];
        for (ulong seed = 0; seed < 1000; seed++)
        {
            CallResult call = port.Open(seed).Send((long)seed * 17 * Us);
            Assert.Equal(10 * Us, call.Stall);
            delays.Add(call.ReachedAt - ((long)seed * 17 * Us) - (10 * Us));
        }

        // Half of the time the daemon listens, else it is deaf for what is left of its turn.
        Assert.InRange(delays.Count(delay => delay == 20 * Us), 400, 600);
        Assert.Equal(20 * Us, delays.Min());
        Assert.InRange(delays.Max(), 950 * Us, port.WorstDelay);
    }

    [Fact]
    public void The_daemon_takes_a_message_a_turn_in_order()
    {
        IChannelSession session = new VirtioSerial().Open(3);
        long[] reached = [.. Enumerable.Range(0, 20).Select(i => session.Send(i * 20 * Us).ReachedAt)];
        for (int i = 1; i < reached.Length; i++)
        {
            Assert.Equal(reached[i - 1] + Ms + (20 * Us), reached[i]);
        }
    }

    [Fact]
    public void An_idle_daemon_listens_and_is_deaf_by_turns()
    {
        VirtioSerial port = new() { WriteTime = 0, SysfsTime = 0 };
        long first = port.Open(5).Send(0).ReachedAt;
        (long After, long Reached)[] expected =
        [
            (Ms, Ms), (Ms + 1, Ms + 1), ((2 * Ms) - 1, (2 * Ms) - 1), (2 * Ms, 3 * Ms), ((3 * Ms) - 1, 3 * Ms), (3 * Ms, 3 * Ms), (5 * Ms / 2, 3 * Ms), (Ms / 2, Ms),
        ];
        foreach ((long after, long reached) in expected)
        {
            IChannelSession session = port.Open(5);
            session.Send(0);
            Assert.Equal(first + reached, session.Send(first + after).ReachedAt);
        }
    }

    [Fact]
    public void A_write_beyond_the_capacity_fails_until_the_daemon_has_caught_up()
    {
        IChannelSession session = new VirtioSerial { Capacity = 4 }.Open(3);
        CallResult[] calls = [.. Enumerable.Range(0, 8).Select(_ => session.Send(0))];
        Assert.Equal(4, calls.Count(call => call.Granted));
        Assert.All(calls.Skip(4), call => Assert.Equal(new CallResult((long)(2.8 * Us), CallResult.Never, Granted: false), call));
        Assert.True(session.Send(calls[0].ReachedAt).Granted);
        Assert.False(session.Send(calls[0].ReachedAt).Granted);
    }

    [Theory]
    [InlineData(0.01, 0, true)]
    [InlineData(0, 0.01, true)]
    [InlineData(0.01, 0.01, false)]
    public void A_lossy_channel_loses_its_share(double requests, double replies, bool answered)
    {
        IChannel inner = answered ? new DirectCall() : new VirtioSerial { TurnTime = 1 };
        IChannelSession session = new LossyChannel(inner, requests, replies).Open(11);
        CallResult[] calls = [.. Enumerable.Range(0, 100_000).Select(i => session.Send(i * Ms))];
        int lost = calls.Count(call => call.ReachedAt == CallResult.Never), failed = calls.Count(call => !call.Granted);
        Assert.InRange(lost, requests == 0 ? 0 : 850, requests == 0 ? 0 : 1150);
        Assert.InRange(failed, answered ? 850 : 0, answered ? 1150 : 0);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_loss_is_a_probability(double loss) => Assert.Throws<ArgumentOutOfRangeException>(() => new LossyChannel(new DirectCall(), loss));

    [Fact]
    public void A_port_that_repeats_sends_what_changes_nothing_and_costs_a_write_each()
    {
        // At 90 % load bursts leave more than 96 packets now and then, and hints stick: the original calls on every such pass.
        PollLoopOptions options = new()
        {
            Actuator = new DelayActuator(30 * SimTime.Microsecond),
            Governor = context => new L3FwdPowerGovernor(context),
            DecisionPeriod = 0,
            Duration = 50 * SimTime.Millisecond,
            Channel = new VirtioSerial(),
        };
        PoissonTraffic traffic = new() { Rate = 0.97 * options.Core.ServiceRate(0), Line = double.PositiveInfinity };
        RunResult once = PollLoop.Run(options, traffic, 1);
        RunResult often = PollLoop.Run(options with { Channel = new VirtioSerial { Repeats = true } }, traffic, 1);
        RunResult never = PollLoop.Run(options with { Channel = new VirtioSerial { Repeats = true }, Governor = context => FixedGovernor.Max(context.PStates) }, traffic, 1);

        Assert.Equal((0, 0), (once.Requests, never.Requests));
        Assert.True(often.Requests > 1000, $"{often.Requests}");
        Assert.Equal(0, often.Transitions);
        long written = often.Requests - often.FailedRequests;
        Assert.InRange(often.CallTime, (written - 1) * 10 * SimTime.Microsecond, often.Requests * 10 * SimTime.Microsecond);
        Assert.True(often.Lost > once.Lost);
    }
}
