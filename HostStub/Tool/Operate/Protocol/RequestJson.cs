using System.Text.Json.Serialization;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>How requests are written: a field that does not exist is a mistake.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ControlRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;
