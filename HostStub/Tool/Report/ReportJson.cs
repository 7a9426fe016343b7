using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Report;
using PollScale.HostStub.Guests;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Peer.Reports;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Serve.Reports;
using PollScale.HostStub.Simulation;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Simulation.Tuning;

namespace PollScale.HostStub.Report;

/// <summary>Every line of every command's --json: snake_case fields, units in the names. docs/json.md has them all.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SnakeCase<LineType>), typeof(SnakeCase<LineStatus>), typeof(SnakeCase<FindingStatus>), typeof(SnakeCase<Purpose>), typeof(SnakeCase<VmManager>), typeof(SnakeCase<LogLevel>), typeof(SnakeCase<AuditReason>)])]
[JsonSerializable(typeof(FailureLine))]
[JsonSerializable(typeof(RunHeader))]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(RunStep))]
[JsonSerializable(typeof(RunChange))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(PeerHeader))]
[JsonSerializable(typeof(PeerSnapshot))]
[JsonSerializable(typeof(PeerSummary))]
[JsonSerializable(typeof(ServeLine))]
[JsonSerializable(typeof(DaemonStatus))]
[JsonSerializable(typeof(SetOutcome))]
[JsonSerializable(typeof(SimulateStart))]
[JsonSerializable(typeof(SimulateRow))]
[JsonSerializable(typeof(SimulateSummary))]
[JsonSerializable(typeof(FrontierResult))]
[JsonSerializable(typeof(TuneResult))]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(PolicyReport))]
[JsonSerializable(typeof(GuestSetup))]
[JsonSerializable(typeof(BenchStart))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(BenchSummary))]
internal sealed partial class ReportJson : JsonSerializerContext;
