using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report;

/// <summary>A run that did not begin: the only JSON line then.</summary>
/// <param name="Cause">Why, and what to do.</param>
/// <param name="ExitCode">The code hoststub exits with.</param>
internal sealed record RunError(string Cause, int ExitCode)
{
    /// <summary>Kind of JSON line.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "error";
}
