using PollScale.Governors;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Governors;

public class SlotPhaseTests
{
    private const double Us = 2_500;
    private const double Ms = 1000 * Us;

    /// <param name="start">The grid's phase, of 65536 parts of its period.</param>
    /// <param name="jitter">How far each effect is from its edge, of 128 parts of 10 us; none for those that are missing.</param>
    [DrawnProperty(200)]
    public void A_grid_and_its_edges_are_found_through_jitter(ushort start, sbyte[] jitter) => Assert.All((double[])[500, 1000], periodUs =>
    {
        double period = periodUs * Us, phase = start / 65536.0 * period, slot = 0;
        SlotPhase slots = new(period, 0.5 * Ms, Ms);
        for (int i = 0; i < 12; i++)
        {
            // Odd and even numbers of slots: else a grid of twice the period fits as well.
            slot += 1 + (i % 2);
            slots.ObserveEffect(phase + (slot * period) + (jitter.ElementAtOrDefault(i) / 128.0 * 10 * Us), (0.2 + (0.15 * (i % 6))) * period);
        }

        double edge = phase + (Math.Ceiling(slot + 5) * period);
        Assert.Equal(period, slots.Period);
        Assert.InRange(slots.EdgeFrom(edge - (period / 2)), edge - (12 * Us), edge + (12 * Us));
    });

    [Fact]
    public void A_plain_delay_is_no_grid()
    {
        int claimed = 0;
        Random random = new(7);
        for (int run = 0; run < 1000; run++)
        {
            SlotPhase slots = new(30 * Us, 0.5 * Ms, Ms);
            double time = 0;
            for (int i = 0; i < 12; i++)
            {
                time += (30 + (random.NextDouble() * 5000)) * Us;
                slots.ObserveEffect(time, 600 * Us);
            }

            claimed += slots.Period > 0 ? 1 : 0;
        }

        Assert.Equal(0, claimed);
    }

    [Fact]
    public void Effects_on_one_phase_are_no_grid_while_none_waits_for_its_edge()
    {
        SlotPhase slots = new(30 * Us, 0.5 * Ms, Ms);
        for (int i = 0; i < 100; i++)
        {
            slots.ObserveEffect(i * 1.5 * Ms, 25 * Us); // 50 slots of the grid, and 3 of the one that is not there
        }

        Assert.Equal(30 * Us, slots.Period, 1.0);
    }

    [Fact]
    public void A_grid_that_ends_is_given_up()
    {
        SlotPhase slots = new(0.5 * Ms, 0.5 * Ms, Ms);
        for (int i = 0; i < 100; i++)
        {
            slots.ObserveEffect(i * 1.5 * Ms, i < 12 ? 0.4 * Ms : 0.02 * Ms); // once known, requests are made just before an edge
        }

        Assert.Equal(0.5 * Ms, slots.Period);
        for (int i = 100; i < 110; i++)
        {
            slots.ObserveEffect((i * 1.5 * Ms) + (i * 0.2 * Ms), 0.4 * Ms);
        }

        Assert.Equal(0, slots.Period);
    }

    [Fact]
    public void An_edge_asked_for_is_not_before_its_time()
    {
        SlotPhase slots = new(0.5 * Ms);
        for (int i = 1; i < 8; i++)
        {
            slots.ObserveEffect((i * Ms) + (100 * Us), 0.4 * Ms);
        }

        for (double time = 0; time < 3 * Ms; time += 17 * Us)
        {
            Assert.InRange(slots.EdgeFrom(time), time, time + (0.5 * Ms));
        }
    }

    [Fact]
    public void Edges_are_not_trusted_after_an_effect_away_from_them_until_effects_come_at_them_again()
    {
        SlotPhase slots = new(500 * Us, Ms);
        double slot = Learn(slots, (_, random) => random.NextDouble() * 450);
        Assert.Equal(500 * Us, slots.Period);

        slots.ObserveEffect((++slot * 500 * Us) + (200 * Us), 300 * Us, 10 * Us);
        Assert.Equal(0, slots.Period);
        slots.ObserveEffect(++slot * 500 * Us, 300 * Us, 10 * Us);
        Assert.Equal(0, slots.Period);
        slots.ObserveEffect(++slot * 500 * Us, 300 * Us, 10 * Us);
        Assert.Equal(500 * Us, slots.Period);
    }

    [Fact]
    public void Requests_that_come_after_the_sampling_edge_teach_how_early_one_must_be()
    {
        // Sampled 100 us before the edge of effects: a request nearer than that waits a slot more.
        SlotPhase slots = new(500 * Us, Ms);
        Learn(slots, (_, random) => random.NextDouble() * 490);
        Learn(slots, (_, random) => random.NextDouble() * 490, sampledBefore: 100, from: 1000, effects: 200);

        Assert.Equal(500 * Us, slots.Period);
        Assert.InRange(slots.Lead, 80 * Us, 170 * Us);
    }

    // Effects of requests at so many us before an edge; the last slot of them.
    private static double Learn(SlotPhase slots, Func<int, Random, double> before, double sampledBefore = 0, double from = 0, int effects = 40)
    {
        Random random = new(5);
        double slot = from;
        for (int i = 0; i < effects; i++)
        {
            double lead = before(i, random);
            slot += 2 + (i % 2);
            double taken = lead >= sampledBefore ? slot : slot + 1;
            slots.ObserveEffect(taken * 500 * Us, (lead + ((taken - slot) * 500)) * Us, 10 * Us);
        }

        return slot + 1;
    }
}
