using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>Shows what a simulation found.</summary>
internal interface ISimulateReport
{
    /// <summary>Before the first run.</summary>
    void Begin(SimulateStart start);

    /// <summary>The rows of one workload; not all of them when it was interrupted.</summary>
    void Finished(IReadOnlyList<StudyRow> rows);

    /// <summary>All rows.</summary>
    /// <param name="rows">Runs that were done.</param>
    /// <param name="planned">Runs that there were to do: more when it was interrupted.</param>
    void End(IReadOnlyList<StudyRow> rows, int planned);

    /// <summary>The outcome of a search.</summary>
    void Tuned(TuneResult result);
}
