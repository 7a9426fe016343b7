using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Report;
using PollScale.HostStub.Timeline;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

public class StepHistoryTests
{
    [Fact]
    public void A_million_steps_take_bounded_room_and_a_single_peak_is_still_there()
    {
        StepHistory history = new(4096, 1);
        for (ulong i = 0; i < 1_000_000; i++)
        {
            double backlog = i == 654_321 ? 4000 : 3;
            history.Add(new TimelineStep { Tsc = 5 + i, Ticks = 1, Offered = 1, Backlog = new Spread(backlog, backlog, backlog) });
        }

        Assert.InRange(history.Steps.Count, 2048, 4096);
        TimelineStep peak = Assert.Single(history.Steps, step => step.Backlog.Max == 4000);
        Assert.InRange(654_321ul + 5, peak.Tsc, peak.Tsc + peak.Ticks - 1);
        Assert.Equal(3, peak.Backlog.Min);
        Assert.Equal(1_000_000ul, history.Steps.Aggregate(0ul, (sum, step) => sum + step.Offered));
    }

    [Fact]
    public void Sums_extremes_and_means_stay_what_they_were() => Prop.ForAll<(byte Skipped, byte Offered, byte Backlog)[]>(steps =>
    {
        StepHistory history = new(4, 10);
        ulong tsc = 100;
        List<TimelineStep> all = [];
        foreach ((byte skipped, byte offered, byte backlog) in steps)
        {
            tsc += 10ul * (uint)(skipped % 4);
            all.Add(new TimelineStep { Tsc = tsc, Ticks = 10, Offered = offered, Backlog = new Spread(backlog, backlog, backlog) });
            history.Add(all[^1]);
            tsc += 10;
        }

        Assert.True(history.Steps.Count <= 4);
        foreach (TimelineStep kept in history.Steps)
        {
            TimelineStep[] within = [.. all.Where(step => step.Tsc >= kept.Tsc && step.Tsc < kept.Tsc + kept.Ticks)];
            Assert.Equal(within.Aggregate(0ul, (sum, step) => sum + step.Offered), kept.Offered);
            Assert.Equal((within.Min(step => step.Backlog.Min), within.Max(step => step.Backlog.Max)), (kept.Backlog.Min, kept.Backlog.Max));
            Assert.InRange(kept.Backlog.Mean, kept.Backlog.Min, kept.Backlog.Max);
        }

        Assert.Equal(all.Aggregate(0ul, (sum, step) => sum + step.Offered), history.Steps.Aggregate(0ul, (sum, step) => sum + step.Offered));
    }).QuickCheckThrowOnFailure();
}
