using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>Runs a plan workload by workload, so that an interrupted one has whole results.</summary>
/// <param name="plan">What to run.</param>
/// <param name="interrupted">Tells whether to stop.</param>
internal sealed class SimulateSession(SimulationPlan plan, Func<bool> interrupted)
{
    /// <summary>Whether it was stopped before the last workload.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>Runs.</summary>
    /// <param name="progress">Told the share done, 0 .. 1, and what is running; from any thread.</param>
    /// <param name="finished">Given the rows of each workload.</param>
    /// <returns>The rows of all workloads that were finished.</returns>
    public IReadOnlyList<StudyRow> Run(Action<double, string> progress, Action<IReadOnlyList<StudyRow>> finished)
    {
        List<StudyRow> rows = [];
        for (int i = 0; i < plan.Workloads.Count; i++)
        {
            Workload workload = plan.Workloads[i];
            int before = i, all = plan.Workloads.Count;
            string label = $"{workload.Name} ({i + 1} of {all})";
            progress((double)i / all, label);
            if (Part(plan.Study with { Workloads = [workload] }, (done, total) => progress((before + ((double)done / total)) / all, label), interrupted) is not { } part)
            {
                Interrupted = true;
                break;
            }

            rows.AddRange(part);
            finished(part);
        }

        return rows;
    }

    /// <summary>Runs a study.</summary>
    /// <returns>Its rows; null when it was interrupted.</returns>
    public static IReadOnlyList<StudyRow>? Part(StudyOptions study, Action<int, int> progress, Func<bool> interrupted)
    {
        using CancellationTokenSource stop = new();
        try
        {
            return interrupted() ? null : Study.Run(study, Told, stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        void Told(int done, int total)
        {
            progress(done, total);
            if (interrupted())
            {
                stop.Cancel();
            }
        }
    }
}
