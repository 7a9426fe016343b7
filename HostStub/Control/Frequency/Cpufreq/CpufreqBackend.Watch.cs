using PollScale.Cpufreq;
using PollScale.Hypercall;

namespace PollScale.HostStub.Frequency.Cpufreq;

internal sealed partial class CpufreqBackend
{
    private const int Rounds = 3; // of a wish that changes while an older one is applied
    private readonly Lock _watching = new(); // held while files are looked at, by whoever polls
    private ulong _nextLook;
    private volatile bool _lent;

    /// <inheritdoc/>
    public bool IsLent
    {
        set => _lent = value;
    }

    /// <inheritdoc/>
    public void Show(uint kHz, ulong tsc)
    {
        if (_lent)
        {
            Enter(() => Adopt(new CpufreqResult(CpufreqOutcome.Applied, kHz), tsc));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Once a second, and soon after a failure, the files are looked at; between that it costs a comparison.</remarks>
    public void Poll(ulong tsc)
    {
        if (tsc >= Volatile.Read(ref _nextLook) && _watching.TryEnter())
        {
            try
            {
                Watch(tsc, hurry: false);
            }
            finally
            {
                _watching.Exit();
            }
        }
    }

    /// <inheritdoc/>
    public void Renew(ulong tsc)
    {
        lock (_watching)
        {
            Watch(tsc, hurry: true);
        }
    }

    private void Watch(ulong tsc, bool hurry)
    {
        Volatile.Write(ref _nextLook, tsc + (ulong)_tscHz);
        Tell(tsc); // a failure that this look may find ended was one all the same
        PStateTable before = _scaler.PStates;
        CpufreqResult shown = _scaler.Look((long)(tsc / _tscHz * 1000), hurry, out string? news);
        PStateTable now = _scaler.PStates;
        if (!ReferenceEquals(now, before) && !now.KHz.SequenceEqual(before.KHz))
        {
            Enter(() => (_wishKHz, _granted) = (0, now.Nearest(_grantedKHz))); // what was wished is in no table
        }

        bool lent = _lent;
        if (shown.Outcome == CpufreqOutcome.Applied && !lent)
        {
            shown = Restore(shown);
        }

        Enter(() =>
        {
            if (shown.IsGranted)
            {
                _failing = 0;
            }

            if (lent && shown.Outcome == CpufreqOutcome.Applied)
            {
                Adopt(shown, tsc);
            }
            else
            {
                Take(shown, counts: false, tsc);
            }
        });
        Volatile.Write(ref _nextLook, tsc + (ulong)_tscHz);
        if (news is not null)
        {
            CpufreqEvents.FrequencyChanged(_log, _scaler.Policy.Number, news);
        }

        Tell(tsc);
    }

    private void Tell(ulong tsc)
    {
        int failing = Volatile.Read(ref _failing);
        _notices.Tell(failing == 0 ? null : (CpufreqOutcome)failing, Volatile.Read(ref _failed), () => _scaler.WhyNot, tsc);
    }

    // Applies the last wish again where something else shows; while changes fail it is tried whether they still do.
    private CpufreqResult Restore(CpufreqResult shown)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong wishes = Volatile.Read(ref _wishes);
            uint wish = Volatile.Read(ref _wishKHz);
            bool fails = Volatile.Read(ref _failing) != 0;
            if (wish == 0 ? !fails : wish == shown.KHz && !fails)
            {
                return shown;
            }

            PStateTable table = _scaler.PStates;
            shown = _scaler.Set(table.Clamp(table.Nearest(wish == 0 ? shown.KHz : wish)));
            if (Volatile.Read(ref _wishes) == wishes)
            {
                break;
            }
        }

        return shown;
    }

    // Within the gate. What somebody else has set by this host's leave is what is to be restored.
    private void Adopt(in CpufreqResult shown, ulong tsc)
    {
        _wishKHz = shown.KHz;
        Take(shown, counts: false, tsc);
    }

    private void Enter(Action change)
    {
        using (_gate.Enter())
        {
            change();
        }
    }
}
