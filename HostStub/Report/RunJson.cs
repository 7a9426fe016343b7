using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report;

/// <summary>The JSON lines: snake_case fields, units in the names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunHeader))]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunError))]
internal sealed partial class RunJson : JsonSerializerContext;
