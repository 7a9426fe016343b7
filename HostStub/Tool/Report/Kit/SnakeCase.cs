using System.Text.Json;
using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report.Kit;

/// <summary>Writes the values of an enumeration as words in snake_case.</summary>
internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;
