using System.Text.Json.Serialization;
using PollScale.HostStub.Simulation.Tuning;

namespace PollScale.HostStub.Simulation;

/// <summary>The JSON lines: snake_case fields, units in the names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SimulateStart))]
[JsonSerializable(typeof(SimulateRow))]
[JsonSerializable(typeof(SimulateSummary))]
[JsonSerializable(typeof(TuneResult))]
internal sealed partial class SimulateJson : JsonSerializerContext;
