using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>Shows what a simulation found.</summary>
internal interface ISimulateReport
{
    /// <summary>Before the first run.</summary>
    void Begin(SimulateStart start);

    /// <summary>The rows of one workload.</summary>
    void Finished(IReadOnlyList<StudyRow> rows);

    /// <summary>All rows.</summary>
    void End(IReadOnlyList<StudyRow> rows, bool interrupted);

    /// <summary>The outcome of a search.</summary>
    void Tuned(TuneResult result);
}
