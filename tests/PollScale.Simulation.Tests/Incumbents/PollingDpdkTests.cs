using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents;

/// <summary>The Kubernetes Power Manager's rule on traces worked out by hand.</summary>
public class PollingDpdkTests
{
    private const int Ms = 50;

    [Fact]
    public void Frequency_follows_usage_in_proportion_and_leaves_what_is_near_enough()
    {
        PollingDpdkRule rule = new(new PollingDpdkOptions(), 1_000_000, 3_000_000);
        (int Usage, int KHz, int? Set)[] trace =
        [
            (40, 3_000_000, 1_500_000),
            (64, 1_500_000, 1_200_000),
            (75, 1_200_000, null),
            (85, 1_200_000, null),
            (86, 1_200_000, 1_290_000),
            (100, 2_900_000, 3_000_000),
            (0, 3_000_000, 1_000_000),

            // 1008.75 MHz are less than 10 MHz from the target.
            (90, 896_667, null),
            (90, 900_000, 1_012_500),
            (73, 1_340_983, 1_223_646),
        ];
        Assert.All(trace, look => Assert.Equal(look.Set, rule.Look(look.Usage, look.KHz)));
    }

    [Fact]
    public void Its_gain_scales_the_relative_distance()
    {
        // 2134003 (1 + (74 / 41 - 1) / 2) and 1260000 (1 + (50 / 70 - 1) 3 / 4).
        Assert.Equal(2_992_809, new PollingDpdkRule(new PollingDpdkOptions { TargetUsage = 41, ScalePercentage = 50 }, 1_000_000, 3_200_000).Look(74, 2_134_003));
        Assert.Equal(990_000, new PollingDpdkRule(new PollingDpdkOptions { TargetUsage = 70, ScalePercentage = 75 }, 900_000, 3_200_000).Look(50, 1_260_000));
    }

    [Fact]
    public void It_looks_at_the_last_window_each_20_ms_and_not_for_60_ms_after_a_change()
    {
        PollingDpdkGovernor governor = new(GovernorSamples.Context());

        // Idle, it learns what an empty poll takes. This half of 20 ms is not in the window of 10 ms: 40 % are half of the target, 1.5 GHz.
        GovernorSamples.Repeat(governor, 10 * Ms, _ => GovernorSamples.Load(0, 0));
        Assert.Equal(0, GovernorSamples.Repeat(governor, (10 * Ms) - 1, _ => GovernorSamples.Load(40, 0)));
        Assert.InRange(governor.Decide(GovernorSamples.Load(40, 0)).PState, 14, 15);

        // Blind for 60 ms, then at 1.5 GHz 100 % are 1.875 GHz, which the P-state of 1.9 GHz serves.
        Assert.InRange(GovernorSamples.Repeat(governor, (60 * Ms) - 1, _ => GovernorSamples.Load(100, 15)), 14, 15);
        Assert.Equal(11, governor.Decide(GovernorSamples.Load(100, 15)).PState);

        // 80 % change nothing: the next look follows after 20 ms.
        GovernorSamples.Repeat(governor, 60 * Ms, _ => GovernorSamples.Load(80, 11));
        Assert.Equal(11, GovernorSamples.Repeat(governor, (20 * Ms) - 1, _ => GovernorSamples.Load(0, 11)));
        Assert.Equal(20, governor.Decide(GovernorSamples.Load(0, 11)).PState);
    }
}
