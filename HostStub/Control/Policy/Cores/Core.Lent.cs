using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Cores;

/// <content>A core that is lent: its one vCPU's calls are answered within the host's kernel, which sets the clock; nothing is set here meanwhile.</content>
internal sealed partial class Core
{
    private volatile bool _lent; // changed while changes are held
    private volatile bool _returns;
    private IFrequencyBackend[] _lentBackends = [];

    /// <summary>Lends it.</summary>
    /// <param name="settle">Have what is wished in force first: who gets it sets nothing before the next change, and bounds may be narrower than when it was lent before.</param>
    /// <param name="tsc">TSC now.</param>
    /// <returns>False when a backend failed: it is not lent.</returns>
    public bool TryLend(bool settle, ulong tsc)
    {
        lock (_applying)
        {
            TakeBack(tsc);
            if (settle && !ApplyTarget(tsc))
            {
                return false;
            }

            _lentBackends = _parts.Backends;
            foreach (IFrequencyBackend backend in _lentBackends)
            {
                backend.IsLent = true;
            }

            return _lent = true;
        }
    }

    /// <summary>It is lent no more: with the next change or <see cref="Reconcile"/> what shows is in force, until something else is wished. Waits for nothing.</summary>
    public void Return() => _returns = true;

    /// <summary>Takes over what the kernel did, unless its backends are at work: then the next look does.</summary>
    /// <param name="seat">The vCPU's seat.</param>
    /// <param name="wish">What it wishes now; null where that is not known.</param>
    /// <param name="kHz">Frequency in force, in kHz; 0 where that is not known.</param>
    /// <param name="tsc">TSC now.</param>
    public void Mirror(Seat seat, int? wish, uint kHz, ulong tsc)
    {
        if (!TryHold(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            if (!_lent || !Has(_parts, seat))
            {
                return;
            }

            if (wish is int now && now != seat.Wish)
            {
                seat.Wish = seat.Asked = now; // what was asked for beyond it the kernel does not tell
            }

            foreach (IFrequencyBackend backend in kHz == 0 ? [] : _parts.Backends)
            {
                backend.Show(kHz, tsc);
            }
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>Frequency of its rest in kHz; 0 where it stays as it is.</summary>
    public uint RestKHz => _parts is var parts && PcpuArbiter.Target([], parts.Rests) is not PcpuArbiter.Keep and int rest ? parts.Tables[0][rest] : 0;

    /// <summary>Somebody else has taken its clock away: nothing can be set.</summary>
    public bool IsTaken => IsLost(_parts);

    // While changes are held.
    private void TakeBack(ulong tsc)
    {
        if (!_returns)
        {
            return;
        }

        (_returns, _lent) = (false, false);
        foreach (IFrequencyBackend backend in _lentBackends)
        {
            TryPoll(backend, renew: true, tsc);
            backend.IsLent = false;
        }

        _lentBackends = [];
    }
}
