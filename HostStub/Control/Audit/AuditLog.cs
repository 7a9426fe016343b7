using System.Collections.Concurrent;
using PollScale.Placement;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Audit;

/// <summary>
/// The audit log: decisions as JSON lines, written by a thread of its own. What does not fit the queue or the disk is counted, and
/// the count written as soon as there is room.
/// </summary>
internal sealed class AuditLog : IDecisionAudit, IDisposable
{
    private readonly AuditFile _file;
    private readonly AuditOptions _options;
    private readonly AuditQueue _queue;
    private readonly ConcurrentQueue<(OperatorAct Act, DateTimeOffset Time)> _acts = [];
    private readonly AuditLine _line;
    private readonly RepeatLimiter _limiter;
    private readonly HostThread _thread;
    private readonly ManualResetEventSlim _wake = new();
    private volatile bool _ending;
    private volatile bool _reopen;
    private ulong _dropped;
    private ulong _unwritten;
    private ulong _lost;
    private ulong _written;
    private ulong _suppressed;
    private bool _failing;

    /// <summary>Opens the log and starts its thread.</summary>
    /// <exception cref="AuditException">The file cannot be opened.</exception>
    public AuditLog(string path, AuditOptions? options = null)
    {
        _options = options ?? new AuditOptions();
        _file = new AuditFile(path, _options.Limits);
        _queue = new AuditQueue(_options.Capacity);
        _line = new AuditLine(_options.TscHz);
        _limiter = new RepeatLimiter((ulong)(_options.Window.TotalSeconds * _options.TscHz));
        _thread = new HostThread("audit", Run, e => AuditEvents.AuditFailed(_options.Log, e.Message));
        _thread.Start();
    }

    /// <summary>Decisions the log does not have so far: no room in the queue, or none on the disk.</summary>
    public ulong Lost => Volatile.Read(ref _lost);

    /// <summary>What became of decisions so far; from any thread.</summary>
    public AuditCounts Counts => new(Volatile.Read(ref _written), Volatile.Read(ref _suppressed), Lost);

    /// <inheritdoc/>
    public void Note(in AuditRecord record) => _queue.Add(new AuditEntry(record, _options.Tsc()));

    /// <summary>Notes what an operator did; operators are few, and none of it is left out.</summary>
    public void Note(OperatorAct act)
    {
        _acts.Enqueue((act, _options.Time.GetUtcNow()));
        _wake.Set();
    }

    /// <summary>Asks for the file to be opened anew, as log rotation needs it; lines noted before go to the file open so far.</summary>
    public void Reopen()
    {
        _reopen = true;
        _wake.Set();
    }

    /// <summary>Writes what is left and closes the file; a disk that does not answer is waited for only so long.</summary>
    public void Dispose()
    {
        if (_ending)
        {
            return;
        }

        _ending = true;
        _wake.Set();
        if (!_thread.Join(_options.LongestEnd))
        {
            // A file system that hangs must not keep the process from ending.
            AuditEvents.AuditHangs(_options.Log, _options.LongestEnd.TotalSeconds);
            return;
        }

        CountUnwritten();
        _file.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_ending)
        {
            _wake.Wait(_options.Interval);
            _wake.Reset();
            Drain(last: false);
            if (_reopen)
            {
                _reopen = false;
                TryReopen();
            }
        }

        Drain(last: true);
        if (_failing)
        {
            AuditEvents.AuditLost(_options.Log, Lost);
        }
    }

    // A thread that ended by itself leaves nothing in the queue.
    private void CountUnwritten()
    {
        ulong left = _queue.TakeDropped();
        while (_queue.TryTake(out _))
        {
            left++;
        }

        if (left > 0)
        {
            Volatile.Write(ref _lost, _lost + left);
            AuditEvents.AuditLost(_options.Log, Lost);
        }
    }

    private void Drain(bool last)
    {
        DateTimeOffset now = _options.Time.GetUtcNow();
        ulong tsc = _options.Tsc();
        while (_acts.TryDequeue(out (OperatorAct Act, DateTimeOffset Time) done))
        {
            Write(_line.Of(done.Act, done.Time), 1);
        }

        while (_queue.TryTake(out AuditEntry entry))
        {
            bool admitted = _limiter.Admit(entry.Record, tsc);
            Volatile.Write(ref _suppressed, _suppressed + entry.Record.Count - (admitted ? 1UL : 0));
            if (admitted && Write(_line.Of(entry, now - Ago(tsc, entry.Record.Tsc)), 1))
            {
                Volatile.Write(ref _written, _written + 1);
            }
        }

        foreach (AuditRepeats repeats in _limiter.Take(tsc, last))
        {
            Write(_line.Of(repeats, now), repeats.Repeats);
        }

        ulong dropped = _queue.TakeDropped();
        _dropped += dropped;
        Volatile.Write(ref _lost, _lost + dropped);
        if (_dropped + _unwritten > 0 && Write(_line.OfLost(_dropped, _unwritten, now), 0))
        {
            _dropped = _unwritten = 0;
        }
    }

    private TimeSpan Ago(ulong now, ulong then) => TimeSpan.FromSeconds(now > then ? (now - then) / _options.TscHz : 0);

    private bool Write(ReadOnlySpan<byte> line, ulong decisions)
    {
        string? problem = _file.Write(line);
        bool failed = problem is not null;
        if (failed)
        {
            _unwritten += decisions;
            Volatile.Write(ref _lost, _lost + decisions);
        }

        if (failed != _failing)
        {
            _failing = failed;
            if (problem is null)
            {
                AuditEvents.AuditWritten(_options.Log);
            }
            else
            {
                AuditEvents.AuditUnwritable(_options.Log, problem);
            }
        }

        return !failed;
    }

    private void TryReopen()
    {
        try
        {
            _file.Reopen();
        }
        catch (AuditException e)
        {
            AuditEvents.AuditNotReopened(_options.Log, e.Message);
        }
    }
}
