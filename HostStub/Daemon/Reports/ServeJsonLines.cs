using System.Text.Json;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>One JSON object a line.</summary>
internal sealed class ServeJsonLines(TextWriter output) : IServeReport
{
    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public bool TellsStates => true;

    public void Show(ServeEvent what)
    {
        output.WriteLine(JsonSerializer.Serialize(what, ServeJson.Default.ServeEvent));
        output.Flush();
    }

    public void Dispose()
    {
    }
}
