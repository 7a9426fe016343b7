using PollScale.Governors;
using Xunit;

namespace PollScale.Tests.Governors;

public class SteadySwingTests
{
    private const double Slot = 500, Lag = 1000;

    [Fact]
    public void Of_p_states_near_each_other_the_faster_is_kept_for_a_while_without_a_backlog()
    {
        SteadySwing swing = Risen(above: 1.05, below: 1);
        Assert.True(Looks(swing, 10 * Slot, likely: 0, above: 1.05));
        Assert.False(Looks(swing, 200 * Slot, likely: 0, above: 1.05));
    }

    [Fact]
    public void Of_p_states_far_apart_it_is_left_before_a_part_of_a_slot_would_be_idle()
    {
        SteadySwing swing = Risen(above: 2.5, below: 1);
        Assert.True(Looks(swing, 10 * Slot, likely: 800, above: 2.5));
        Assert.False(Looks(swing, 11 * Slot, likely: 700, above: 2.5));
    }

    // One that fell at 0 and rose since.
    private static SteadySwing Risen(double above, double below)
    {
        SteadySwing swing = new(0);
        foreach (double likely in (double[])[Lag + 1, 0, Lag + 1])
        {
            swing.Look(0, likely, Lag, above, below, 1.02, Slot, 1);
        }

        return swing;
    }

    private static bool Looks(SteadySwing swing, double now, double likely, double above)
    {
        swing.Look(now, likely, Lag, above, 1, 1.02, Slot, 1);
        return swing.Rising;
    }
}
