using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Metrics;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Serve.Metering;
using PollScale.HostStub.Serve.Operators;
using PollScale.HostStub.Serve.Reports;
using PollScale.Placement;
using PollScale.Programs;

namespace PollScale.HostStub.Serve;

/// <summary>
/// One run of serve, from its start to its end, on the main thread: signals, the service manager, the report's events. This thread waits for no file, no
/// core, no guest and no output, so that a signal always ends the run, within <see cref="EndsWithin"/>. Whatever fails on another thread ends it in order.
/// </summary>
/// <param name="options">What to serve.</param>
/// <param name="notices">On their way to the report.</param>
/// <param name="interrupt">The signals.</param>
/// <param name="notifier">The service manager.</param>
/// <param name="store">Keeps VMs over a restart of this process.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
/// <param name="host">Which events are told.</param>
/// <param name="errors">For what goes to standard error.</param>
internal sealed class ServeRun(ServeOptions options, NoticeQueue notices, Interrupt interrupt, ServiceNotifier notifier, DescriptorStore store, Func<string, string?> variable, HostLog host, ILogger errors) : IDisposable
{
    /// <summary>Longest time from a signal to the end of the process, whatever hangs; TimeoutStopSec= of the unit is longer.</summary>
    public static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private const long SlowMs = 10_000;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_metricsEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(6);

    private readonly ILogger _log = notices.Open();
    private readonly CancellationTokenSource _ending = new();
    private OperatorSocket? _socket;
    private ControlServer? _control;
    private ExceptionDispatchInfo? _failure;
    private MetricsExport? _metrics;

    /// <summary>True when something of the run still hangs after its end.</summary>
    public bool Hangs { get; private set; }

    /// <summary>Runs until a signal or a failure.</summary>
    /// <param name="makeReport">Makes the report.</param>
    public ExitCode Run(Func<IReport> makeReport)
    {
        if (Start() is not (IServePlan plan, Servers servers))
        {
            return Hangs ? ExitCode.Environment : ExitCode.Ok;
        }

        ServeReporter reporter = new(makeReport(), servers, host, errors);
        Serve(plan, servers, reporter);
        notifier.Stopping();
        _ending.Cancel();
        bool asked = _control?.Stop(s_patience / 5) == false;
        IReadOnlyList<string> hanging = servers.Stop(s_patience);
        _metrics?.BeginEnd(); // beside what follows, which may take longer
        ServeLine last = reporter.Last(notices.Take());
        IReadOnlyList<string> left = plan.End();
        ExitCode code = _failure is not null ? ServeLauncher.CodeOf(_failure.SourceException) : left.Count > 0 ? ExitCode.Environment : ExitCode.Ok;
        bool reported = reporter.Finish(last with { ExitCode = (int)code }, s_patience / 2);
        servers.Dispose();
        Hangs = hanging.Count > 0 || left.Count > 0 || !reported || asked || _metrics?.HasEnded(s_patience) == false;
        if (left.Count > 0)
        {
            ServeLog.NotRestored(errors, HostFrequency.EndPatience.TotalSeconds, string.Join("; ", left));
        }

        if (_failure is not null)
        {
            ReportedFailure.Set(_failure.SourceException);
            _failure.Throw();
        }

        return code;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Hangs) // what hangs may still look at it
        {
            _ending.Dispose();
            _control?.Dispose();
            _metrics?.Dispose();
        }

        _socket?.Dispose();
    }

    // Taking cores over waits for their files, so it is done beside. A signal lets it finish if it can soon, for what is taken over must be given back.
    private (IServePlan, Servers)? Start()
    {
        (IServePlan, Servers)? made = null;
        HostThread thread = new("start", () => made = Make());
        thread.Start();
        Deadline giveUp = Deadline.Never;
        while (!thread.Join(s_tick))
        {
            if (interrupt.Count > 0 && giveUp == Deadline.Never)
            {
                giveUp = Deadline.After(Deadline.Now, s_startPatience);
                _ending.CancelAfter(s_startPatience / 2);
            }

            if (giveUp.IsDue(Deadline.Now))
            {
                ServeLog.StartHangs(errors);
                Hangs = true;
                return null;
            }
        }

        if (interrupt.Count == 0 || thread.Failure is not HostUnusableException)
        {
            thread.JoinOrThrow();
        }

        return made;
    }

    // What each does is short and within budgets, and behind a program that is busy on the same CPU a VM's request would wait for milliseconds. One that
    // spins would leave others nothing. Where it is not permitted doctor says what to do.
    private static void ComeFirst() => ThreadPlacement.TrySchedule(SchedulingClass.Nice);

    private static void ComeFirst(int shard)
    {
        if (shard != RegionServer.SpinningShard)
        {
            ComeFirst();
        }
    }

    // Before anything is taken over.
    private OperatorSocket? MakeSocket()
    {
        if (options.Control is not ControlOptions wanted)
        {
            return null;
        }

        if (wanted.Path is string path)
        {
            return new OperatorSocket(path, wanted.Group);
        }

        string problem = "";
        foreach (string usual in ControlPath.Candidates(variable))
        {
            try
            {
                return new OperatorSocket(usual, wanted.Group, makesFolder: true);
            }
            catch (ChannelException e)
            {
                problem = problem.Length > 0 ? problem : e.Message; // the first is what an operator expects
            }
        }

        ControlLog.ControlAbsent(_log, problem);
        return null;
    }

    private (IServePlan, Servers) Make()
    {
        _socket = MakeSocket();
        _metrics = options.Metrics.IsAny ? new MetricsExport(options.Metrics, _log) : null; // before a core is taken over
        try
        {
            return MakeServers();
        }
        catch
        {
            _metrics?.BeginEnd();
            throw;
        }
    }

    private (IServePlan, Servers) MakeServers()
    {
        AnswerServer answers = new(HypercallAnswers.Begin, VcpuSearch.Find, VcpuSearch.IsThere, Fail);
        IServePlan plan = options.HostPolicy is null ? new ServePlan(options) : new ServePolicy(options, _log, answers, _ending.Token);
        try
        {
            ChannelServer channels = new(plan.Bindings, plan.Serving with { Failed = Fail, Began = ComeFirst });
            try
            {
                AcpiChannels ports = new(options.Reader, _log, Fail);
                if (ports.Update(plan.Ports, channels) is { Count: > 0 } problems)
                {
                    throw new ChannelException(string.Join('\n', problems));
                }

                RegionServer regions = new(plan.Regions, channels, _log, store, Fail);
                ModuleServer module = new(ModuleDevice.Open, VcpuSearch.Find, _log, Fail);
                module.Update(plan.Granted(regions.ProcessOf));
                return (plan, new Servers(channels, regions, ports, module, answers));
            }
            catch
            {
                channels.Dispose();
                throw;
            }
        }
        catch
        {
            plan.End();
            throw;
        }
    }

    private void Serve(IServePlan plan, Servers servers, ServeReporter reporter)
    {
        ServeKeeper keeper = new(plan, servers, notifier.Reloading, outcome =>
        {
            _metrics?.Reloaded(outcome.IsInForce);
            Action<ILogger> tell = log => (outcome.IsInForce ? (Action<ILogger, string>)ServeLog.PolicyInForce : ServeLog.PolicyRefused)(log, outcome.Message);
            reporter.Show(LineType.Change, host.Of(tell));
            notifier.Ready(Status(servers));
            if (!outcome.IsInForce)
            {
                tell(errors);
            }
        });
        ControlCommands commands = new(plan, servers, keeper, _log);
        _control = _socket is null ? null : new ControlServer(_socket, commands, _log, Fail);
        ServeWatch watch = new(plan, servers, _log, _ending.Token);
        ShardHealth health = new(servers.Channels, plan.IsAtWork, _log);
        _metrics?.Show(() => Reading(plan, servers), servers.Channels.Latency);
        reporter.Show(LineType.Start, []);
        reporter.Show(LineType.Notice, notices.Take());
        servers.Start();
        Beside("keeper", keeper.Run);
        Beside("watch", watch.Run);
        _control?.Start();
        notifier.Ready(Status(servers));
        int hangups = 0;
        Deadline nextSample = Deadline.After(Deadline.Now, 0), nextBeat = nextSample, nextMetrics = nextSample;
        bool slowReload = false;
        while (interrupt.Count == 0 && Volatile.Read(ref _failure) is null)
        {
            interrupt.Sleep(s_tick);
            long now = Deadline.Now;
            bool sound = health.Check();
            if (keeper.ReloadingMs > SlowMs != slowReload)
            {
                slowReload = !slowReload;
                if (slowReload)
                {
                    ServeLog.ReloadHangs(_log, SlowMs / 1000);
                }
                else
                {
                    ServeLog.ReloadEnded(_log);
                }
            }

            reporter.Show(LineType.Notice, notices.Take());
            if (interrupt.Hangups is int seen && seen > hangups)
            {
                hangups = seen;
                keeper.Reload();
            }

            if (nextSample.IsDue(now))
            {
                nextSample = Deadline.After(now, reporter.Interval);
                reporter.Sample();
            }

            if (nextMetrics.IsDue(now))
            {
                nextMetrics = Deadline.After(now, s_metricsEvery);
                _metrics?.Tick();
            }

            if (sound && notifier.WatchdogPeriod is TimeSpan period && nextBeat.IsDue(now))
            {
                nextBeat = Deadline.After(now, period);
                notifier.Alive();
            }
        }

        keeper.Stop();
    }

    private static string Status(Servers servers) => $"Serving {servers.Reported.Count()} channels";

    private static MeterReading Reading(IServePlan plan, Servers servers) => new()
    {
        Vcpus = plan.Status(),
        Channels = [.. servers.Reported.Select(ChannelReading.Of)],
        Shards = [.. servers.Channels.Shards.Select(shard => (shard.Name, shard.AwakeMs))],
        Audit = plan.Audit,
    };

    private void Beside(string name, Action run) => new HostThread(name, run, Fail).Start();

    // The first is what the run ends with.
    private void Fail(Exception e)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        interrupt.Wake();
    }
}
