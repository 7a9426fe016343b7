using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>One JSON object a line: the start, a row for each run, the summary.</summary>
internal sealed class SimulateJsonLines(TextWriter output, PlanCertificates certificates) : ISimulateReport
{
    /// <inheritdoc/>
    public void Begin(SimulateStart start) => Write(start, SimulateJson.Default.SimulateStart);

    /// <inheritdoc/>
    public void Finished(IReadOnlyList<StudyRow> rows)
    {
        foreach (StudyRow row in rows)
        {
            Write(SimulateRow.Of(row, certificates.Of(row.Governor, row.Workload)), SimulateJson.Default.SimulateRow);
        }
    }

    /// <inheritdoc/>
    public void End(IReadOnlyList<StudyRow> rows, int planned) => Write(
        new SimulateSummary
        {
            Interrupted = rows.Count < planned,
            Runs = rows.Count,
            PlannedRuns = planned,
            Governors = [.. rows.GroupBy(row => row.Governor).Select(group => Figures.Of([.. group]))],
        },
        SimulateJson.Default.SimulateSummary);

    /// <inheritdoc/>
    public void Tuned(TuneResult result) => Write(result, SimulateJson.Default.TuneResult);

    private void Write<T>(T value, JsonTypeInfo<T> type)
    {
        output.WriteLine(JsonSerializer.Serialize(value, type));
        output.Flush();
    }
}
