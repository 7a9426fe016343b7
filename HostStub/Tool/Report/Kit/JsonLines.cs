using System.Text.Json;
using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report.Kit;

/// <summary>One JSON object a line on the output, for every command. Lines of a guest go to the error output.</summary>
/// <param name="output">For the objects.</param>
/// <param name="records">Knows every line's fields.</param>
/// <param name="error">For a guest's lines; null where there is no guest.</param>
/// <param name="interval">Time between two samples; null for a second.</param>
internal sealed class JsonLines(TextWriter output, JsonSerializerContext records, TextWriter? error = null, TimeSpan? interval = null) : IReport
{
    /// <inheritdoc/>
    public TimeSpan Interval { get; } = interval ?? TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, line.GetType(), records));
        output.Flush();
    }

    /// <inheritdoc/>
    public void GuestLine(string line) => error?.WriteLine($"guest: {SafeText.Line(line)}");
}
