using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Native;
using PollScale.Programs;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>What operators may ask of a serving daemon.</summary>
/// <param name="plan">What is served.</param>
/// <param name="servers">The servers.</param>
/// <param name="keeper">Does what may wait.</param>
/// <param name="log">Takes what operators do.</param>
internal sealed class ControlCommands(IServePlan plan, Servers servers, ServeKeeper keeper, ILogger log) : IControlCommands
{
    private const long FreshMs = 100, SlowMs = 10_000;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private byte[] _status = [];
    private int _known;
    private int _changes;
    private Deadline _stale = Deadline.After(Deadline.Now, 0);

    /// <inheritdoc/>
    public (byte[] Answer, bool GoesOn)? Answer(ReadOnlySpan<byte> line, SocketPeer peer, Action<byte[]> later) =>
        ControlRequest.Read(line, out string? problem) is not ControlRequest request ? (Refusal(problem!), false)
        : request.Command == "status" ? (Status(), true)
        : request.Command == "set" ? SetLater(request, peer, later)
        : (Refusal($"There is no command {SafeText.Line(request.Command)}; there are status and set."), false);

    /// <inheritdoc/>
    public byte[] Refusal(string cause) => Line(new FailureLine { Cause = cause, ExitCode = (int)ExitCode.Environment }, ReportJson.Default.FailureLine);

    private (byte[] Answer, bool GoesOn)? SetLater(ControlRequest request, SocketPeer peer, Action<byte[]> later)
    {
        keeper.Do(() =>
        {
            byte[] answer = Set(new OperatorChange(request, peer));
            Interlocked.Increment(ref _changes);
            later(answer);
        });
        return null;
    }

    // On the keeper's thread: it may wait for files.
    private byte[] Set(OperatorChange change)
    {
        OperatorOutcome outcome = plan.Set(change, servers);
        if (outcome.Problem is string problem)
        {
            ControlLog.OperatorSet(log, change.Peer.User, change.Peer.Process, $"refused to set {SafeText.Line($"{change.Request.Guest}: {change.Words}")}. {problem}");
            return Refusal(problem);
        }

        ControlLog.OperatorSet(log, change.Peer.User, change.Peer.Process, outcome.Message);
        return Line(
            new SetOutcome
            {
                Message = outcome.Message,
                Vcpus = [.. VcpuReport.All(plan, servers).Where(report => outcome.Vcpus.Contains((report.Status.Guest, report.Status.Vcpu))).Select(report => VcpuLine.Of(report.Status, report.Channels))],
                ExitCode = (int)ExitCode.Ok,
            },
            ReportJson.Default.SetOutcome);
    }

    // However many ask, it is made so often, and all have the same bytes; but who has just changed something sees it.
    private byte[] Status()
    {
        int news = keeper.Reloads + Volatile.Read(ref _changes);
        if (_stale.IsDue(Deadline.Now) || news != _known)
        {
            _known = news;
            _status = Line(MakeStatus(), ReportJson.Default.DaemonStatus);
            _stale = Deadline.After(Deadline.Now, FreshMs);
        }

        return _status;
    }

    private DaemonStatus MakeStatus()
    {
        VcpuLine[] vcpus = [.. VcpuReport.All(plan, servers).Select(report => VcpuLine.Of(report.Status, report.Channels))];
        string[] problems =
        [
            .. plan.Troubles,
            .. keeper.ReloadingMs > SlowMs ? (string[])["a reload has not ended for 10 s: a file of it does not answer"] : [],
            .. keeper.Refused is string refused ? (string[])[refused] : [],
            .. vcpus.SelectMany(vcpu => vcpu.Problems.Select(problem => $"guest {vcpu.Guest} vCPU {vcpu.Vcpu}: {problem}")),
        ];
        return new DaemonStatus
        {
            Version = ControlRequest.Current,
            Program = OwnProgram.Version,
            Pid = Environment.ProcessId,
            UptimeS = _time.Elapsed.TotalSeconds,
            Policy = plan.Policy,
            Problems = problems,
            Vcpus = vcpus,
            ExitCode = (int)(problems.Length == 0 ? ExitCode.Ok : ExitCode.Failed),
        };
    }

    private static byte[] Line<T>(T line, JsonTypeInfo<T> info) => [.. JsonSerializer.SerializeToUtf8Bytes(line, info), (byte)'\n'];
}
