using System.Text.Json.Serialization;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>The JSON lines: snake_case fields, units in the names.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServeEvent))]
internal sealed partial class ServeJson : JsonSerializerContext;
