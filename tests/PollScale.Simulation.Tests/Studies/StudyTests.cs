using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Studies;

public class StudyTests
{
    private static readonly StudyOptions s_options = new()
    {
        Governors = [Named("max"), Named("min"), Named("drain-time")],
        Workloads = [new Workload("some", TrafficModels.Parse("poisson:rate=20%", 3e6), 3e6)],
        Seeds = [1, 2],
        Actuator = new DelayActuator(30 * SimTime.Microsecond),
        Warmup = 0,
        Duration = 20 * SimTime.Millisecond,
        Parallelism = 1,
    };

    [Fact]
    public void A_cancelled_study_gives_the_rows_of_the_runs_that_are_done()
    {
        IReadOnlyList<StudyRow> all = Study.Run(s_options, cancellation: TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        IReadOnlyList<StudyRow> some = Study.RunUntil(s_options, share => StopAt(share, 7 / 10.0), stop.Token);

        Assert.Equal(Study.RowsOf(s_options), all.Count);
        Assert.InRange(some.Count, 1, all.Count - 1);
        Assert.All(some, row => Assert.Equal(Figures(all.Single(other => (other.Governor, other.Seed) == (row.Governor, row.Seed))), Figures(row)));

        void StopAt(double share, double last)
        {
            if (share >= last)
            {
                stop.Cancel();
            }
        }

        static (double, long, double, double) Figures(StudyRow row) => (row.Run.Joules, row.Run.Forwarded, row.Oracle.Energy, row.Fastest.Joules);
    }

    [Fact]
    public void Progress_grows_within_a_run_up_to_all_of_it()
    {
        List<double> shares = [];
        Study.Run(s_options with { Governors = [Named("max")], Seeds = [1], Duration = SimTime.Second }, shares.Add, TestContext.Current.CancellationToken);

        // Three runs: the oracle, the fastest and the one. At 680 kpps a buffer of 4096 arrivals is 6 ms.
        Assert.True(shares.Count > 150, $"told {shares.Count} times");
        Assert.All(shares.Zip(shares.Skip(1)), pair => Assert.InRange(pair.Second, pair.First, pair.First + 0.02));
        Assert.Equal(1, shares[^1], 9);
    }

    [Fact]
    public void Cancelling_ends_a_long_run_in_its_middle()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100));

        Assert.Empty(Study.RunUntil(s_options with { Duration = 8000 * SimTime.Second }, null, stop.Token));
        Assert.Throws<OperationCanceledException>(() => Study.Run(s_options, null, stop.Token));
    }

    [Fact]
    public void A_slow_starter_has_settled_before_the_same_traffic_counts()
    {
        StudyOptions options = s_options with { Governors = [Slow(0), Slow(60)], Warmup = 10 * SimTime.Millisecond, Duration = 30 * SimTime.Millisecond };
        IReadOnlyList<StudyRow> rows = Study.Run(options, cancellation: TestContext.Current.CancellationToken);
        StudyRow cold = rows[0], settled = rows[2];

        // One step down each 2 ms: after 60 ms the slowest of 21.
        Assert.Equal((cold.Run.Offered, cold.Run.Time), (settled.Run.Offered, settled.Run.Time));
        Assert.Equal(settled.Run.Time, settled.Run.Residency[20]);
        Assert.Equal(0, cold.Run.Residency[20]);

        static StudyGovernor Slow(long settlesMs) => new($"slow {settlesMs}", (context, _) => new Stepping()) { SettlesWithin = settlesMs * SimTime.Millisecond };
    }

    private sealed class Stepping : IGovernor
    {
        private ulong _elapsed;

        public ScalingDecision Decide(in QueueSample sample)
        {
            _elapsed += sample.ElapsedTicks;
            return new ScalingDecision((int)Math.Min(20, _elapsed / 2_000_000));
        }
    }

    private static StudyGovernor Named(string name) => new(name, (context, _) => ComparedGovernors.Parse(name)(context));
}
