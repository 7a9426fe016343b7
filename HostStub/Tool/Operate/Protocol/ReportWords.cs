using System.Text.Json;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>Values of enumerations as the audit log and reports write them.</summary>
internal static class ReportWords
{
    /// <summary>In snake_case.</summary>
    public static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
