using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Governors;

public class LatenessTests
{
    private const double TscKHz = 1_000_000, Stated = 10_000, Wait = 300_000, Late = 3_000_000;
    private readonly Lateness _lateness = new(Stated, 2_000, TscKHz);
    private double _now;

    [Fact]
    public void Without_late_waits_it_is_as_stated() => Assert.Equal(Stated, After(waits: 30_000, oneLateIn: int.MaxValue));

    [Fact]
    public void Waits_that_end_late_count()
    {
        Poll(seconds: 5, takenASecond: 0);
        Assert.InRange(After(waits: 1_000, oneLateIn: 100), Late, 1.2 * Late);
    }

    /// <summary>A loop that polls would have been as late.</summary>
    [Fact]
    public void Waits_that_end_as_late_as_the_core_is_taken_away_at_other_times_do_not()
    {
        Poll(seconds: 5, takenASecond: 33);
        Assert.Equal(Stated, After(waits: 20_000, oneLateIn: 110));
    }

    [Fact]
    public void Nor_do_they_for_long_where_that_is_learned_afterwards()
    {
        Assert.InRange(After(waits: 1_000, oneLateIn: 110), Late, 1.2 * Late);
        Poll(seconds: 5, takenASecond: 33);
        Assert.Equal(Stated, _lateness.Ticks);
    }

    [Fact]
    public void Waits_that_end_late_thrice_as_often_as_that_count()
    {
        Poll(seconds: 5, takenASecond: 33);
        Assert.InRange(After(waits: 20_000, oneLateIn: 33), Late, 1.2 * Late);
    }

    [Fact]
    public void Shorter_absences_excuse_no_longer_lateness()
    {
        Poll(seconds: 5, takenASecond: 33, taken: Late / 2);
        Assert.InRange(After(waits: 20_000, oneLateIn: 110), Late, 1.2 * Late);
    }

    /// <summary>Who never waited again would never see that it is in time again; and who does so too soon is late too often.</summary>
    [Fact]
    public void Nobody_is_late_for_more_than_a_thousandth_of_the_time_though_waits_are_tried_again_and_again() => Draw.Check(
        Arb.From(
            from late in Gen.Choose(20, 50_000)
            from oneIn in Gen.Choose(1, 20)
            from seed in Gen.Choose(0, int.MaxValue)
            select (late, oneIn, seed)),
        one =>
        {
            Random random = new(one.seed);
            Lateness lateness = new(Stated, 2_000, TscKHz);
            double now = 0, end = 400 * 10_000.0 * one.late * 1000, lateFor = 0, safe = one.late * 1000 * 0.9;
            int waits = 0, tried = 0;
            bool waited = false;
            while (now < end)
            {
                if (lateness.Ticks >= safe)
                {
                    now += 1000.0 * one.late * 1000;
                    lateness.Polled(1000.0 * one.late * 1000, 0);
                    lateness.Refused(now);
                    waited = false;
                    continue;
                }

                double late = random.Next(one.oneIn) == 0 ? one.late * 1000 : 0;
                now += Wait + late;
                lateFor += late;
                lateness.Waited(now, Wait + late, late);
                waits++;
                tried += waited ? 0 : 1;
                waited = true;
            }

            return lateFor > end / 1000 ? $"late for {lateFor / end:P2} of the time, {waits} waits" : tried < 20 ? $"tried {tried} times" : null;
        },
        ordinarily: 30);

    private double After(int waits, int oneLateIn)
    {
        for (int i = 1; i <= waits; i++)
        {
            double late = i % oneLateIn == 0 ? Late : 1_000;
            _now += Wait + late;
            _lateness.Waited(_now, Wait + late, late);
        }

        return _lateness.Ticks;
    }

    private void Poll(int seconds, int takenASecond, double taken = Late * 1.1)
    {
        for (int i = 0; i < seconds * 1000; i++)
        {
            _now += 1e6;
            _lateness.Polled(1e6, i * takenASecond / 1000 == (i + 1) * takenASecond / 1000 ? 0 : taken);
        }
    }
}
