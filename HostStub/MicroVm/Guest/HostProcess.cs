using PollScale.Clock;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.Hypercall;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>
/// A guest as a child process: pinned, its calls answered over a socket, its status page a sealed memfd. The same ELF as in the
/// micro-VM, with <c>--call-fd</c> and <c>--status-fd</c> added.
/// </summary>
internal sealed class HostProcess : IGuest
{
    private static readonly TimeSpan s_outputGrace = TimeSpan.FromMilliseconds(500);

    private readonly GuestConfig _config;
    private readonly HostProcessStatus _status;
    private readonly HostProcessCalls _calls;
    private readonly HostProcessOutput _output;
    private readonly List<HostProcessFile> _files = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _lock = new();
    private HostProcessChild? _child;
    private string? _stopCause;
    private HostThread? _reaper;
    private GuestOutcome? _hostFailure;

    /// <summary>Prepares the process; nothing runs yet.</summary>
    /// <exception cref="GuestSetupException">The ELF or this machine cannot be used.</exception>
    public HostProcess(GuestConfig config)
    {
        if (!File.Exists(config.Elf))
        {
            throw new GuestSetupException($"There is no guest at {config.Elf}. Check the path.");
        }

        IReadOnlyList<int> allowed = ThreadPlacement.AllowedCpus();
        foreach (int cpu in (int[])[config.Cpu, config.HousekeepingCpu ?? config.Cpu])
        {
            if (!allowed.Contains(cpu))
            {
                throw new GuestSetupException($"CPU {cpu} is not one this process may use: {string.Join(", ", allowed)}.");
            }
        }

        _config = config;
        CreatedTsc = TscClock.Now;
        _status = new HostProcessStatus();
        try
        {
            _calls = new HostProcessCalls(config.Service, e => FailHost("answered the guest's calls", e));
            _output = new HostProcessOutput(config.ConsoleLine, e => FailHost("passed on what the guest printed", e));
        }
        catch
        {
            _calls?.Dispose();
            _status.Dispose();
            throw;
        }

        config.AttachStatus(_status.Page);
    }

    /// <inheritdoc/>
    public string Doorbell => "socket";

    /// <inheritdoc/>
    public ulong CreatedTsc { get; private set; }

    /// <inheritdoc/>
    public GuestOutcome? Outcome { get; private set; }

    /// <summary>Process id, or 0 before <see cref="Start"/>.</summary>
    public int Pid => _child?.Pid ?? 0;

    /// <inheritdoc/>
    public ThreadUsage? Usage => Outcome is null && _child is not null ? ThreadUsage.Read(_child.Pid, _child.Pid) : null;

    /// <inheritdoc/>
    /// <exception cref="GuestSetupException">The ELF cannot be executed or pinned.</exception>
    public void Start()
    {
        List<string> arguments = [_config.Elf, .. _config.Arguments];
        if (_config.PassRegion)
        {
            arguments.AddRange(["--region", $"/proc/{Environment.ProcessId}/fd/{_config.RegionFd}"]);
        }

        foreach (GuestFile file in _config.Files)
        {
            HostProcessFile shown = new(file);
            _files.Add(shown);
            arguments.AddRange([file.Option, shown.Path]);
        }

        arguments.AddRange(["--call-fd", $"{HostProcessChild.CallFd}", "--status-fd", $"{HostProcessChild.StatusFd}"]);
        CreatedTsc = TscClock.Now;
        _child = HostProcessChild.Spawn(_config.Elf, arguments, _config.Environment, _config.Cpu, _output.ChildFd, _calls.ChildFd, _status.Fd);
        _output.Start();
        _calls.Start(_config.HousekeepingCpu, _config.Scheduling);
        _reaper = new HostThread("guest reaper", Reap, e => FailHost("waited for the guest's end", e, ended: true));
        _reaper.Start();
    }

    /// <inheritdoc/>
    public void RaisePriority()
    {
        lock (_lock)
        {
            if (Outcome is null && _child is not null && !ThreadPlacement.TrySchedule(_config.Scheduling, tid: _child.Pid) && LibC.errno != LibC.ESRCH)
            {
                GuestEvents.PriorityRefused(_config.Log, _child.Pid, _config.Scheduling);
            }
        }
    }

    /// <inheritdoc/>
    public bool Wait(TimeSpan timeout) => _ended.Wait(timeout);

    /// <inheritdoc/>
    public void Stop(string cause)
    {
        lock (_lock)
        {
            if (Outcome is null)
            {
                _stopCause ??= cause;
                _child?.Kill();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_reaper is not null)
        {
            Stop("The host is done with it.");
            _reaper.Join();
        }

        _files.ForEach(file => file.Dispose());
        _calls.Dispose();
        _output.Dispose();
        _config.AttachStatus(NoStatusSink.Instance); // whoever publishes goes on
        _status.Dispose();
        _ended.Dispose();
    }

    private void Reap()
    {
        int status = _child!.WaitAndReap();
        string output = _output.Finish(s_outputGrace);
        lock (_lock)
        {
            Outcome = _hostFailure is null ? Describe(status, output) : _hostFailure with { Output = output };
        }

        _ended.Set();
    }

    // On the thread that failed. Where the reaper still lives, it hands the failure to the run.
    private void FailHost(string task, Exception e, bool ended = false)
    {
        lock (_lock)
        {
            _hostFailure ??= HostFailure.Of(task, e, "");
            _child?.Kill();
            Outcome = ended ? _hostFailure : Outcome;
        }

        if (ended)
        {
            _ended.Set();
        }
    }

    private GuestOutcome Describe(int status, string output)
    {
        if (LibC.WIFEXITED(status))
        {
            int code = LibC.WEXITSTATUS(status);
            return new GuestOutcome(GuestEnd.Exited, code, $"The guest exited with status {code}.", null, output);
        }

        int signal = LibC.WTERMSIG(status);
        return _stopCause is not null && signal == LibC.SIGKILL
            ? new GuestOutcome(GuestEnd.Stopped, -1, _stopCause, $"Process {Pid} was killed.", output)
            : new GuestOutcome(GuestEnd.Failed, -1, $"The guest was killed by signal {signal} ({SignalNames.Name(signal)}).", $"Process {Pid}, {_config.Elf}.", output);
    }
}
