using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Governors behind a NIC that cannot tell its backlog: full bursts are the signal.</summary>
public class UnknownBacklogTests
{
    public static TheoryData<string> Scaling =>
    [
        "optimal-available",
        .. ComparedGovernors.List.Entries.Select(entry => entry.Name).Where(name => name is not ("max" or "min" or "index" or "optimal-available" or "pmd-pause" or "pmd-sleep" or "poll-sleep" or "napi")),
        "l3fwd-power:negative-count-is-huge=off",
    ];

    [Theory]
    [MemberData(nameof(Scaling))]
    public void Unbroken_full_bursts_end_at_the_fastest(string name)
    {
        IGovernor governor = Make(name);
        int pState = GovernorSamples.Repeat(governor, 20_000, granted => GovernorSamples.Quiet with { PState = granted, Backlog = -1 });
        pState = GovernorSamples.Repeat(governor, 30_000, granted => Full(granted), pState);

        Assert.Equal(0, pState);
    }

    [Theory]
    [MemberData(nameof(Scaling))]
    public void Nothing_at_all_is_not_a_backlog(string name)
    {
        // The original reads its NIC's error as four billion packets, but only after polls that returned some.
        IGovernor governor = Make(name);
        GovernorSamples.Repeat(governor, 2_000, granted => Full(granted));
        int pState = GovernorSamples.Repeat(governor, 60_000, granted => GovernorSamples.Quiet with { PState = granted, Backlog = -1 });

        Assert.True(pState > 0 || name.StartsWith("l3fwd-power", StringComparison.Ordinal));
    }

    private static QueueSample Full(int pState)
    {
        // Two bursts of packets of 1000 cycles, as long as they take at the P-state.
        double kHz = GovernorSamples.Table()[pState];
        return new QueueSample
        {
            ElapsedTicks = (ulong)(64_000 * 2_500_000.0 / kHz),
            Polls = 2,
            FullPolls = 2,
            Received = 64,
            Backlog = -1,
            PState = pState,
            Settled = true,
        };
    }

    private static IGovernor Make(string name)
    {
        GovernorContext context = GovernorSamples.Context();
        return name == "optimal-available" ? new OptimalAvailableGovernor(context) : ComparedGovernors.Parse(name)(context);
    }
}
