using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Frequency;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Frequency;

public class SimulatedBackendTests
{
    private const double TscHz = 1e9; // one tick a nanosecond: the latency of 20 us is 20,000 ticks
    private static readonly PStateModel s_model = PStateFile.Default();

    [Fact]
    public void A_request_takes_effect_one_latency_later_and_is_stamped_with_that_moment()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 1000);
        RecordingSink sink = new();
        backend.Attach(sink);

        Assert.True(backend.TrySet(20, 2000));
        backend.Poll(21_999);
        Assert.Equal(20, backend.Requested);
        Assert.Equal(0, backend.Effective);

        backend.Poll(22_500);
        Assert.Equal(20, backend.Effective);
        Assert.Equal([(0, 3_000_000u, 1000ul, 65_536u), (20, 1_000_000u, 22_000ul, 3u << 16)], sink.Published);
    }

    [Fact]
    public void A_later_request_replaces_the_pending_one_and_waits_its_own_latency()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        backend.TrySet(20, 0);
        backend.TrySet(10, 15_000);
        backend.Poll(34_999);
        Assert.Equal(0, backend.Effective);

        backend.Poll(35_000);
        Assert.Equal(10, backend.Effective);
        Assert.Equal(1ul, backend.Energy(35_000).Transitions);
    }

    [Fact]
    public void Asking_again_for_the_pending_P_state_does_not_delay_it()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        backend.TrySet(20, 0);
        backend.TrySet(20, 19_999);
        backend.Poll(20_000);

        Assert.Equal(20, backend.Effective);
    }

    [Fact]
    public void Asking_for_what_is_in_effect_calls_the_pending_transition_off()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        RecordingSink sink = new();
        backend.Attach(sink);
        backend.TrySet(20, 0);
        backend.TrySet(0, 10_000);
        backend.Poll(1_000_000);

        Assert.Equal(0, backend.Effective);
        Assert.Single(sink.Published);
        Assert.Equal(0ul, backend.Energy(1_000_000).Transitions);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(21)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_index_outside_the_table_is_refused_and_changes_nothing(int index)
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0, initial: 4);

        Assert.False(backend.TrySet(index, 5));
        Assert.Equal(4, backend.Requested);
    }

    [Fact]
    public void Energy_is_residency_times_watts()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        backend.TrySet(20, 980_000);
        EnergySnapshot energy = backend.Energy(4_000_000);

        Assert.Equal(0.001, energy.ResidencySeconds[0], 12);
        Assert.Equal(0.003, energy.ResidencySeconds[20], 12);
        Assert.Equal((0.001 * 5.5) + (0.003 * 1.5815), energy.Joules, 12);
        Assert.Equal(0.004 * 5.5, energy.FastestJoules, 12);
        Assert.Equal(100 * (1 - (((0.001 * 5.5) + (0.003 * 1.5815)) / 0.022)), energy.SavedPercent, 9);
        Assert.Equal(75, energy.ResidencyPercent[20], 9);
    }

    [Fact]
    public void A_span_is_the_difference_of_two_snapshots()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        EnergySnapshot before = backend.Energy(1_000_000);
        backend.TrySet(20, 1_000_000);
        EnergySnapshot span = backend.Energy(2_020_000).Since(before);

        Assert.Equal(1.02e-3, span.Seconds, 12);
        Assert.Equal(1e-3, span.ResidencySeconds[20], 12);
        Assert.Equal(1ul, span.Transitions);
    }

    [Fact]
    public void No_time_at_all_saves_nothing()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 7);

        Assert.Equal(0, backend.Energy(7).SavedPercent);
        Assert.All(backend.Energy(7).ResidencyPercent, share => Assert.Equal(0, share));
    }

    [Fact]
    public void The_stretch_is_fastest_over_granted_rounded_to_nearest()
    {
        Assert.Equal(65_536u, SimulatedBackend.StretchQ16(3_000_000, 3_000_000));
        Assert.Equal(67_796u, SimulatedBackend.StretchQ16(3_000_000, 2_900_000)); // 67795.86
        Assert.Equal(103_478u, SimulatedBackend.StretchQ16(3_000_000, 1_900_000)); // 103477.89
        Assert.Equal(uint.MaxValue, SimulatedBackend.StretchQ16(20_000_000, 1));
    }

    [Fact]
    public void Under_any_calls_at_any_times_every_tick_is_charged_once_and_what_is_published_is_in_effect()
    {
        Prop.ForAll<(int Index, uint Advance, bool Poll)[], uint>((calls, latency) =>
        {
            PStateModel model = s_model with { TransitionLatencyNs = latency % 2_000_000 };
            using SimulatedBackend backend = new(model, TscHz, 500);
            RecordingSink sink = new();
            backend.Attach(sink);
            ulong tsc = 500;
            ulong latest = 500;
            foreach ((int index, uint advance, bool poll) in calls)
            {
                tsc = advance % 7 == 0 ? tsc - Math.Min(tsc - 1, advance % 1000) : tsc + (advance % 3_000_000);
                latest = Math.Max(latest, tsc);
                if (poll)
                {
                    backend.Poll(tsc);
                }
                else
                {
                    bool applied = backend.TrySet(index % 25, tsc);
                    Assert.Equal(index % 25 is >= 0 and < 21, applied);
                }

                Assert.Equal(sink.Published[^1].PState, backend.Effective);
                Assert.InRange(backend.Requested, 0, 20);
            }

            latest = Math.Max(latest, 600);
            EnergySnapshot energy = backend.Energy(latest);
            return Math.Abs(energy.Seconds - ((latest - 500) / TscHz)) < 1e-9
                && energy.Transitions == (ulong)sink.Published.Count - 1
                && energy.Joules <= energy.FastestJoules + 1e-12
                && sink.Published.Select(p => p.Tsc).SequenceEqual(sink.Published.Select(p => p.Tsc).Order());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_end_of_TSC_time_neither_throws_nor_invents_a_transition()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        backend.Poll(ulong.MaxValue);
        backend.TrySet(5, ulong.MaxValue);
        backend.Poll(ulong.MaxValue);

        Assert.InRange(backend.Energy(ulong.MaxValue).Transitions, 0ul, 1ul);
    }

    [Fact]
    public void Calls_and_polls_allocate_nothing()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        backend.TrySet(1, 1);
        backend.Poll(100_000);
        Allocated.Nothing(() =>
        {
            for (ulong i = 1; i <= 1000; i++)
            {
                backend.TrySet((int)(i % 21), i * 100_000);
                backend.Poll((i * 100_000) + 50_000);
            }
        });
    }

    [Fact]
    public void Two_threads_lose_no_tick()
    {
        using SimulatedBackend backend = new(s_model, TscHz, 0);
        Thread poller = new(() =>
        {
            for (ulong tsc = 0; tsc < 4_000_000; tsc += 37)
            {
                backend.Poll(tsc);
            }
        });
        poller.Start();
        for (ulong tsc = 0; tsc < 4_000_000; tsc += 1009)
        {
            backend.TrySet((int)(tsc % 21), tsc);
        }

        poller.Join();
        Assert.Equal(0.004, backend.Energy(4_000_000).Seconds, 12);
    }
}
