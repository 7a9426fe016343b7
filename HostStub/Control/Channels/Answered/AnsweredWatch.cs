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
/// <param name="place">Where; given back at the end.</param>
internal sealed class AnsweredWatch(AnswerServer server, IAnsweredSlot slot, AnsweredGrant grant, AnsweredPlace place) : IHypercallWatch, IDecidedRequests
{
    private volatile bool _hasEnded;
    private volatile bool _isWatched;
    private VcpuState _counted;
    private Standing _before;
    private uint _made;

    /// <summary>What is granted now.</summary>
    public AnsweredGrant Grant => grant with { Nonce = slot.Nonce };

    /// <summary>Whose, as of <see cref="AnsweredGrant.Owner"/>.</summary>
    public ulong Owner { get; } = grant.Owner;

    /// <summary>Where it is granted.</summary>
    public AnsweredPlace Place => place;

    /// <inheritdoc/>
    public IHypercallSlot Slot => slot;

    /// <inheritdoc/>
    public int Thread => grant.Thread.Thread;

    /// <inheritdoc/>
    public bool HasEnded => _hasEnded || !grant.Policy.IsSame(slot.Calls?.Policy);

    /// <summary>P-state in force; 0 where it has none.</summary>
    public int InForce => Math.Max(0, slot.Calls?.InForce ?? 0);

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => place.Records;

    /// <inheritdoc/>
    public bool IsPaused => false; // each record is paid for

    /// <inheritdoc/>
    public bool Spins => false;

    /// <inheritdoc/>
    public Deadline Due => Deadline.Never;

    /// <inheritdoc/>
    public LatencyHistogram? Recorder
    {
        set { } // records have their own time
    }

    /// <inheritdoc/>
    public uint Last => place.IsGranted ? (uint)server.States.Decided(place.Index) : 0;

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
            Drain(); // of who had the place before
            slot.Decided = this; // before the first is
            _isWatched = true;
            server.Renew(this);
        }

        while (place.TryRead(out AnsweredRecord record))
        {
            if (record.Owner != Owner)
            {
                continue; // of a call that was under way
            }

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
        if (place.IsGranted && slot.Calls is { InForce: >= 0 } calls)
        {
            Standing known = new(server.States.Read(place.Index).Standing), actual = new(known.Sequence, calls.Wish, calls.InForce);
            if (known.Sequence == _made && known != actual)
            {
                server.States.TryCorrect(place.Index, known, actual);
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
        if (place.IsGranted)
        {
            Look(tsc); // before: a record that comes meanwhile tells of what the state below does not have yet
            VcpuState state = server.States.Read(place.Index);
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

        server.Return(place);
    }

    private void Drain()
    {
        while (place.TryRead(out _))
        {
        }
    }

    private void Count(in VcpuState state)
    {
        slot.Counters.Add(new HypercallCounts(
            state.Answered - _counted.Answered,
            state.WrongSlot - _counted.WrongSlot,
            state.WrongCpu - _counted.WrongCpu,
            state.Strangers - _counted.Strangers,
            state.Lost - _counted.Lost,
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
        if (isLost && RequestWord.TryMake(standing.Sequence, new FrequencyCall(FrequencyOp.SetPState, standing.Wish), posted: true, out RequestWord word))
        {
            slot.Take(new AnsweredRecord { TimeNs = state.LastCallNs, Request = word.Value, Reply = standing.Wish, Target = standing.Wish, Verdict = CallVerdict.Granted });
            _made = standing.Sequence;
        }
    }
}
