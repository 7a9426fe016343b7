using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>Runs a plan workload by workload. An interrupted one keeps every run that was done.</summary>
/// <param name="plan">What to run.</param>
/// <param name="interrupted">Tells whether to stop.</param>
internal sealed class SimulateSession(SimulationPlan plan, Func<bool> interrupted)
{
    private static readonly TimeSpan s_lookout = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs that the plan has.</summary>
    public int Planned => plan.Study.Governors.Count * plan.Workloads.Count * plan.Study.Seeds.Count;

    /// <summary>Runs.</summary>
    /// <param name="progress">Told the share done, 0 .. 1, and what is running; from any thread.</param>
    /// <param name="finished">Given the rows of each workload, as far as it came.</param>
    /// <returns>The rows of all runs that were done; fewer than <see cref="Planned"/> when it was interrupted.</returns>
    public IReadOnlyList<StudyRow> Run(Action<double, string> progress, Action<IReadOnlyList<StudyRow>> finished)
    {
        List<StudyRow> rows = [];
        for (int i = 0; i < plan.Workloads.Count; i++)
        {
            Workload workload = plan.Workloads[i];
            int before = i, all = plan.Workloads.Count;
            string label = $"{workload.Name} ({i + 1} of {all})";
            progress((double)i / all, label);
            StudyOptions study = plan.Study with { Workloads = [workload] };
            IReadOnlyList<StudyRow> part = Done(study, share => progress((before + share) / all, label), interrupted);
            rows.AddRange(part);
            finished(part);
            if (part.Count < Study.RowsOf(study))
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>Runs a study.</summary>
    /// <returns>Its rows; null when it was interrupted.</returns>
    public static IReadOnlyList<StudyRow>? Part(StudyOptions study, Action<double> progress, Func<bool> interrupted)
    {
        IReadOnlyList<StudyRow> rows = Done(study, progress, interrupted);
        return rows.Count == Study.RowsOf(study) ? rows : null;
    }

    // A run may take minutes: the lookout ends it in its middle.
    private static IReadOnlyList<StudyRow> Done(StudyOptions study, Action<double> progress, Func<bool> interrupted)
    {
        if (interrupted())
        {
            return [];
        }

        using CancellationTokenSource stop = new();
        using ManualResetEvent looked = new(false);
        using (Timer lookout = new(_ => Look(), null, s_lookout, s_lookout))
        {
            IReadOnlyList<StudyRow> rows = Study.RunUntil(study, progress, stop.Token);
            lookout.Dispose(looked);
            looked.WaitOne();
            return rows;
        }

        void Look()
        {
            if (interrupted())
            {
                stop.Cancel();
            }
        }
    }
}
