using PollScale.Governors;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>Compares governors: every one meets the same arrivals, beside the fastest P-state and the clairvoyant oracle.</summary>
public static class Study
{
    /// <summary>Runs it, in parallel.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Told of each run that is done, with their number so far and in all; from any thread.</param>
    /// <param name="cancellation">Ends it early, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A row for each governor, workload and seed, in that order.</returns>
    public static IReadOnlyList<StudyRow> Run(StudyOptions options, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Workload Workload, ulong Seed)[] inputs = [.. options.Workloads.SelectMany(w => options.Seeds.Select(s => (w, s)))];
        int total = inputs.Length * (options.Governors.Count + 2), done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Parallelism > 0 ? options.Parallelism : -1, CancellationToken = cancellation };
        OracleResult[] oracles = new OracleResult[inputs.Length];
        RunResult[] fastest = new RunResult[inputs.Length];
        RunResult[,] runs = new RunResult[options.Governors.Count, inputs.Length];
        Parallel.For(0, total, parallel, job =>
        {
            int input = job % inputs.Length, what = job / inputs.Length;
            (Workload workload, ulong seed) = inputs[input];
            switch (what)
            {
                case 0:
                    oracles[input] = Solve(options, workload, seed);
                    break;
                case 1:
                    fastest[input] = RunOne(options, new StudyGovernor("max", (c, _) => FixedGovernor.Max(c.PStates)), workload, seed);
                    break;
                default:
                    runs[what - 2, input] = RunOne(options, options.Governors[what - 2], workload, seed);
                    break;
            }

            progress?.Invoke(Interlocked.Increment(ref done), total);
        });

        List<StudyRow> rows = [];
        for (int governor = 0; governor < options.Governors.Count; governor++)
        {
            for (int input = 0; input < inputs.Length; input++)
            {
                rows.Add(new StudyRow(options.Governors[governor].Name, inputs[input].Workload.Name, inputs[input].Seed, runs[governor, input], oracles[input], fastest[input]));
            }
        }

        return rows;
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

    private static OracleResult Solve(StudyOptions options, Workload workload, ulong seed) => ClairvoyantOracle.Solve(
        new OracleBounds
        {
            Deadline = options.DelayBound,
            RingSize = options.RingSize,
            BurstSize = options.Core.BurstSize,
            Start = options.Warmup,
            End = options.Duration,
        },
        PowerHull.Of(options.Core),
        workload.Model.Start(seed, options.Duration));

    private static RunResult RunOne(StudyOptions options, StudyGovernor governor, Workload workload, ulong seed) => PollLoop.Run(
        new PollLoopOptions
        {
            Core = options.Core,
            Actuator = options.Actuator,
            Channel = options.Channel,
            Governor = context => governor.Make(context, workload),
            RingSize = options.RingSize,
            DecisionPeriod = governor.DecisionPeriod ?? options.DecisionPeriod,
            Duration = options.Duration,
            Warmup = options.Warmup,
            DelayBound = options.DelayBound,
            CostFactor = options.CostFactor,
            Seed = seed,
        },
        workload.Model,
        seed);
}
