using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PollScale.HostStub.Report;

/// <summary>One JSON object a line on the output; the last line is the summary. Guest lines go to the error output.</summary>
internal sealed class JsonLines(TextWriter output, TextWriter error) : IRunReporter
{
    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public void Begin(RunHeader header) => Write(header, RunJson.Default.RunHeader);

    /// <inheritdoc/>
    public void Sample(RunSnapshot snapshot) => Write(snapshot, RunJson.Default.RunSnapshot);

    /// <inheritdoc/>
    public void GuestLine(string line) => error.WriteLine($"guest: {SafeText.Line(line)}");

    /// <inheritdoc/>
    public void End(RunSummary summary) => Write(summary, RunJson.Default.RunSummary);

    /// <inheritdoc/>
    public void Refuse(RunError error) => Write(error, RunJson.Default.RunError);

    private void Write<T>(T value, JsonTypeInfo<T> type)
    {
        output.WriteLine(JsonSerializer.Serialize(value, type));
        output.Flush();
    }
}
