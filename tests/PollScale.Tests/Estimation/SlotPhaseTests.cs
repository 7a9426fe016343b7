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
}
