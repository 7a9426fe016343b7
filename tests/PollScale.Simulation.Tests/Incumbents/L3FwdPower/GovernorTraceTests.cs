using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

/// <summary>The governor, given a sample a poll, takes the P-states of the recorded runs with one queue.</summary>
public class GovernorTraceTests
{
    private const int PStates = 64;

    [Fact]
    public void Every_poll_of_every_run_with_one_queue_ends_at_the_recorded_p_state()
    {
        int polls = 0;
        foreach (Trace trace in Trace.All.Where(trace => trace.Queues == 1))
        {
            polls += Follow(trace, new L3FwdPowerOptions());
        }

        Assert.Equal(Trace.All.Where(trace => trace.Queues == 1).Sum(trace => trace.Events.Count(next => next.Name == "RX")), polls);
    }

    [Fact]
    public void A_changed_rule_ends_elsewhere() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Follow(Trace.All.Single(trace => trace.Name == "s7_mixed_q1.csv.gz"), new L3FwdPowerOptions { TrendThreshold = 9_000 }));

    private static int Follow(Trace trace, L3FwdPowerOptions options)
    {
        // In the recordings a step down ends 2.1 us after the loop top.
        options = options with { Interrupts = trace.Interrupts, FrequencyCallTime = TimeSpan.FromMicroseconds(2.1) };
        L3FwdPowerGovernor governor = new(new GovernorContext(GovernorSamples.Table(PStates), 1_000_000, 1024, 32, 1), options);
        int expected = 0;
        int polls = 0;
        ulong before = 0;
        ulong? top = null;
        for (int i = 0; i < trace.Events.Count; i++)
        {
            TraceEvent next = trace.Events[i];
            if (next.Name == "TOP")
            {
                top = next.Clock;
            }
            else if (next.Name == "FREQ_DOWN")
            {
                expected = Math.Min(expected + 1, PStates - 1);
            }
            else if (next.Name == "RX")
            {
                // Where the recording ends with a poll, its backlog and outcome are missing: the P-state stays.
                int after = next.B > 0 ? i + 2 : i + 1;
                string outcome = after < trace.Events.Count ? trace.Events[after].Name : "";
                int backlog = next.B > 0 && i + 1 < trace.Events.Count ? (int)trace.Events[i + 1].B : 0;
                expected = outcome switch
                {
                    "FREQ_MAX" => 0,
                    "FREQ_UP" => Math.Max(expected - 1, 0),
                    _ => expected,
                };

                // The loop reads the clock at its top; a pass after an interrupt has none.
                ulong clock = top ?? next.Clock;
                int decided = governor.Decide(Sample(next.B, backlog, clock - before)).PState;
                Assert.True(decided == expected, $"{trace.Name}: event {i} ends at P-state {decided}, not {expected}.");
                before = clock;
                top = null;
                polls++;
            }
        }

        return polls;
    }

    private static QueueSample Sample(uint packets, int backlog, ulong ticks) => new()
    {
        ElapsedTicks = ticks,
        Polls = 1,
        EmptyPolls = packets == 0 ? 1u : 0,
        Received = packets,
        Backlog = backlog,
        Settled = true,
    };
}
