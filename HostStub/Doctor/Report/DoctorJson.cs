using System.Text.Json;
using System.Text.Json.Serialization;

namespace PollScale.HostStub.Doctor.Report;

/// <summary>The JSON object: snake_case fields, units in the names where the type does not say them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LowerCase<FindingStatus>), typeof(LowerCase<Purpose>)])]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(PolicyReport))]
internal sealed partial class DoctorJson : JsonSerializerContext
{
    private sealed class LowerCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;
}
