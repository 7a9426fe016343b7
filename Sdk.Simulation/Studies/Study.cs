using PollScale.Governors;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>Compares governors: every one meets the same arrivals, beside the fastest P-state and the clairvoyant oracle.</summary>
internal static class Study
{
    /// <summary>Runs it, in parallel.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Told the share done, 0 .. 1, when it has grown; from any thread.</param>
    /// <param name="cancellation">Ends it early, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A row for each governor, workload and seed, in that order.</returns>
    public static IReadOnlyList<StudyRow> Run(StudyOptions options, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<StudyRow> rows = RunUntil(options, progress, cancellation);
        return rows.Count == RowsOf(options) ? rows : throw new OperationCanceledException(cancellation);
    }

    /// <summary>Rows that a study has when it is done.</summary>
    public static int RowsOf(StudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Governors.Count * options.Workloads.Count * options.Seeds.Count;
    }

    /// <summary>Runs it, in parallel, until it is done or cancelled. Runs that are not done then are given up.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Told the share done, 0 .. 1, when it has grown; from any thread.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>A row for each governor, workload and seed that was done, in that order; fewer than <see cref="RowsOf"/> when cancelled.</returns>
    public static IReadOnlyList<StudyRow> RunUntil(StudyOptions options, Action<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Workload Workload, ulong Seed)[] inputs = [.. options.Workloads.SelectMany(w => options.Seeds.Select(s => (w, s)))];
        int total = inputs.Length * (options.Governors.Count + 2);
        StudyProgress told = new(total, progress);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Parallelism > 0 ? options.Parallelism : -1 };
        OracleResult?[] oracles = new OracleResult[inputs.Length];
        RunResult?[] fastest = new RunResult[inputs.Length];
        RunResult?[,] runs = new RunResult[options.Governors.Count, inputs.Length];
        Parallel.For(0, total, parallel, (job, loop) =>
        {
            try
            {
                RunJob(job, told.Job());
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                loop.Stop();
            }
        });
        return Rows(options, inputs, runs, oracles, fastest);

        void RunJob(int job, Action<double> at)
        {
            int input = job % inputs.Length, what = job / inputs.Length;
            (Workload workload, ulong seed) = inputs[input];
            switch (what)
            {
                case 0:
                    oracles[input] = Solve(options, workload, seed, at, cancellation);
                    break;
                case 1:
                    fastest[input] = RunOne(options, new StudyGovernor("max", (c, _) => FixedGovernor.Max(c.PStates)), workload, seed, at, cancellation);
                    break;
                default:
                    runs[what - 2, input] = RunOne(options, options.Governors[what - 2], workload, seed, at, cancellation);
                    break;
            }

            at(1);
        }
    }

    /// <summary>Geometric mean of the energy over the oracle's; NaN of no rows. Rows that are not valid count like others: leave them out before.</summary>
    public static double GeometricMean(IEnumerable<StudyRow> rows)
    {
        double sum = 0;
        int count = 0;
        foreach (StudyRow row in rows)
        {
            sum += Math.Log(row.EnergyRatio);
            count++;
        }

        return count == 0 ? double.NaN : Math.Exp(sum / count);
    }

    private static IReadOnlyList<StudyRow> Rows(
        StudyOptions options, (Workload Workload, ulong Seed)[] inputs, RunResult?[,] runs, OracleResult?[] oracles, RunResult?[] fastest)
    {
        List<StudyRow> rows = [];
        for (int governor = 0; governor < options.Governors.Count; governor++)
        {
            for (int input = 0; input < inputs.Length; input++)
            {
                if (runs[governor, input] is RunResult run && oracles[input] is OracleResult oracle && fastest[input] is RunResult fast)
                {
                    rows.Add(new StudyRow(options.Governors[governor].Name, inputs[input].Workload.Name, inputs[input].Seed, run, oracle, fast));
                }
            }
        }

        ILookup<(string, ulong), StudyRow> others = rows.Where(row => row.Valid && row.Run.Asleep == 0).ToLookup(row => (row.Workload, row.Seed));
        return [.. rows.Select(row => row with { Best = Best(row, others[(row.Workload, row.Seed)]) })];
    }

    // Whoever sleeps saves what no frequency does.
    private static (string Governor, double Joules) Best(StudyRow row, IEnumerable<StudyRow> others) =>
        others.Where(other => other.Governor != row.Governor).Select(other => (other.Governor, other.Run.Joules)).Append(row.Best).MinBy(other => other.Joules);

    private static OracleResult Solve(StudyOptions options, Workload workload, ulong seed, Action<double> at, CancellationToken cancellation) => ClairvoyantOracle.Solve(
        new OracleBounds
        {
            Deadline = options.DelayBound,
            RingSize = options.RingSize,
            BurstSize = options.Core.BurstSize,
            Start = options.Warmup,
            End = options.Duration,
        },
        PowerHull.Of(options.Core),
        SleepingCore.Of(options.Core),
        new StoppableArrivals(workload.Model.Start(seed, options.Duration), options.Duration, at, cancellation));

    // A slow starter meets as much of the same kind of traffic first as it needs; what counts is the same for all.
    private static RunResult RunOne(StudyOptions options, StudyGovernor governor, Workload workload, ulong seed, Action<double> at, CancellationToken cancellation)
    {
        long lead = Math.Max(0, governor.SettlesWithin - options.Warmup);
        IArrivals counted = workload.Model.Start(seed, options.Duration);
        IArrivals arrivals = lead == 0 ? counted : new ChainedArrivals(workload.Model.Start(~seed, lead), lead, counted);
        return PollLoop.Run(
            new PollLoopOptions
            {
                Core = options.Core,
                Actuator = options.Actuator,
                Channel = options.Channel,
                Governor = context => governor.Make(context, workload),
                RingSize = options.RingSize,
                DecisionPeriod = governor.DecisionPeriod ?? options.DecisionPeriod,
                Duration = lead + options.Duration,
                Warmup = lead + options.Warmup,
                DelayBound = options.DelayBound,
                Costs = options.Costs,
                Seed = seed,
            },
            new StoppableArrivals(arrivals, lead + options.Duration, at, cancellation));
    }
}
