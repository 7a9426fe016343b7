using PollScale.Clock;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Telemetry;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// One vCPU whose hypercalls are answered within their exit: takes to its slot what the program tells, and tells the program what is so. A record that got lost loses its
/// line of the audit log and nothing else: what the program granted last stands in its state. All members are for the shard's thread, but for what says otherwise.
/// </summary>
/// <param name="server">Has the program.</param>
/// <param name="slot">The vCPU's slot.</param>
/// <param name="grant">What it is granted; the nonce is the page's at the time.</param>
internal sealed class AnsweredWatch(AnswerServer server, IAnsweredSlot slot, AnsweredGrant grant) : IHypercallWatch, IDecidedRequests
{
    private const int MostWaiting = 1024;

    private readonly WakeEvent _wake = new();
    private readonly Queue<AnsweredRecord> _waiting = new(MostWaiting); // itself its lock
    private volatile int _index = NoIndex;
    private volatile bool _hasEnded;
    private volatile bool _isWatched;
    private VcpuState _counted;
    private Standing _before;
    private ulong _dropped; // records, for want of room
    private uint _made;

    /// <summary>Of one that has no state.</summary>
    public const int NoIndex = -1;

    /// <summary>What is granted now.</summary>
    public AnsweredGrant Grant => grant with { Nonce = slot.Nonce };

    /// <summary>Whose, as of <see cref="AnsweredGrant.Owner"/>.</summary>
    public ulong Owner { get; } = grant.Owner;

    /// <summary>Index of its state; <see cref="NoIndex"/> while nothing is granted. From any thread.</summary>
    public int Index
    {
        get => _index;
        set => _index = value;
    }

    /// <inheritdoc/>
    public IHypercallSlot Slot => slot;

    /// <inheritdoc/>
    public int Thread => grant.Thread.Thread;

    /// <inheritdoc/>
    public bool HasEnded => _hasEnded || !grant.Policy.IsSame(slot.Calls?.Policy);

    /// <summary>P-state in force; 0 where it has none.</summary>
    public int InForce => Math.Max(0, slot.Calls?.InForce ?? 0);

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => _wake.Descriptor;

    /// <inheritdoc/>
    public bool IsPaused => false; // each record is paid for

    /// <inheritdoc/>
    public bool Spins => false;

    /// <inheritdoc/>
    public Deadline Due => Deadline.Never;

    /// <inheritdoc/>
    public LatencyHistogram? Recorder
    {
        set => _wake.Set(); // the first look grants, on this thread
    }

    /// <inheritdoc/>
    public uint Last => _index is not NoIndex and int index ? (uint)server.States.Decided(index) : 0;

    /// <summary>Takes a record; from the thread that reads them.</summary>
    public void Add(in AnsweredRecord record)
    {
        lock (_waiting)
        {
            if (_waiting.Count < MostWaiting)
            {
                _waiting.Enqueue(record);
            }
            else
            {
                Interlocked.Increment(ref _dropped);
            }
        }

        _wake.Set();
    }

    /// <summary>Its thread has ended, or it cannot be granted. From any thread.</summary>
    /// <param name="problem">Why it cannot; null for nothing.</param>
    public void Fail(string? problem)
    {
        slot.Unobserved = problem;
        _hasEnded = true;
    }

    /// <inheritdoc/>
    public void Described()
    {
        if (_isWatched)
        {
            server.Renew(this);
        }
    }

    /// <inheritdoc/>
    public void Look(ulong wokenTsc)
    {
        if (!_isWatched)
        {
            slot.Decided = this; // before the first is
            _isWatched = true;
            server.Renew(this);
        }

        while (TryTake(out AnsweredRecord record))
        {
            slot.Take(record);
            if (record.Target >= 0)
            {
                _made = (uint)record.Request;
                Changed();
            }
        }
    }

    /// <inheritdoc/>
    public void Changed()
    {
        if (_index is not NoIndex and int index && slot.Calls is { InForce: >= 0 } calls)
        {
            Standing known = new(server.States.Read(index).Standing), actual = new(known.Sequence, calls.Wish, calls.InForce);
            if (known.Sequence == _made && known != actual)
            {
                server.States.TryCorrect(index, known, actual);
            }
        }
    }

    /// <inheritdoc/>
    public void Resume()
    {
    }

    /// <inheritdoc/>
    public void Tick(ulong tsc)
    {
        if (_index is not NoIndex and int index)
        {
            VcpuState state = server.States.Read(index);
            Count(state);
            Repair(state);
            Changed();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        server.Withdraw(this);
        if (_isWatched)
        {
            Look(TscClock.Now);
            slot.Decided = null;
        }

        _index = NoIndex;
        _wake.Dispose();
    }

    private bool TryTake(out AnsweredRecord record)
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out record);
        }
    }

    private void Count(in VcpuState state)
    {
        ulong dropped = Interlocked.Exchange(ref _dropped, 0);
        slot.Counters.Add(new HypercallCounts(
            state.Answered - _counted.Answered,
            state.WrongSlot - _counted.WrongSlot,
            state.WrongCpu - _counted.WrongCpu,
            state.Strangers - _counted.Strangers,
            state.Lost - _counted.Lost + dropped,
            state.OtherPages + state.Unreadable - _counted.OtherPages - _counted.Unreadable));
        if (state.LastCallNs != _counted.LastCallNs)
        {
            slot.Calls?.Heard(KernelClock.ToTsc(state.LastCallNs)); // a query, too, says that the guest is there
        }

        _counted = state;
    }

    // A change whose record does not come was lost.
    private void Repair(in VcpuState state)
    {
        Standing standing = new(state.Standing);
        bool isLost = standing.Sequence != _made && standing == _before && standing.Wish >= 0;
        _before = standing;
        lock (_waiting)
        {
            isLost &= _waiting.Count == 0;
        }

        if (isLost && RequestWord.TryMake(standing.Sequence, new FrequencyCall(FrequencyOp.SetPState, standing.Wish), posted: true, out RequestWord word))
        {
            slot.Take(new AnsweredRecord { TimeNs = state.LastCallNs, Request = word.Value, Reply = standing.Wish, Target = standing.Wish, Verdict = CallVerdict.Granted });
            _made = standing.Sequence;
        }
    }
}
