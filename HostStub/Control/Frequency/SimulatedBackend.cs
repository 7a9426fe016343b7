using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Frequency;

/// <summary>
/// P-states without hardware: a request takes effect one transition latency later, is published for the guest to stretch its
/// work by, and is charged to a power model.
/// </summary>
/// <remarks>
/// One transition is pending at most: a later request replaces it and waits its own full latency; asking again for what is
/// pending changes nothing; asking for what is in effect calls the pending transition off.
/// </remarks>
internal sealed class SimulatedBackend : IFrequencyBackend, IEnergySource
{
    private const ulong Never = ulong.MaxValue;

    private readonly double _tscHz;
    private readonly ulong _latencyTicks;
    private readonly double[] _watts;
    private readonly uint[] _stretchQ16;
    private readonly ResidencyClock _residency;
    private SpinGate _gate;
    private IStatusSink? _sink;
    private int _effective;
    private int _requested;
    private ulong _changedTsc;
    private ulong _dueTsc = Never;
    private ulong _transitions;

    /// <summary>Starts in P-state <paramref name="initial"/>.</summary>
    /// <param name="model">P-states and their power.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now: residency counts from here.</param>
    /// <param name="initial">P-state in effect at the start.</param>
    public SimulatedBackend(PStateModel model, double tscHz, ulong tsc, int initial = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tscHz);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)initial, (uint)model.PStates.Count, nameof(initial));
        PStates = model.ToTable();
        _tscHz = tscHz;
        _latencyTicks = (ulong)Math.Round(model.TransitionLatencyNs * tscHz / 1e9);
        _watts = [.. model.PStates.Select(p => p.Watts)];
        _stretchQ16 = [.. model.PStates.Select(p => StretchQ16(model.PStates[0].KHz, p.KHz))];
        _residency = new ResidencyClock(_watts.Length, tsc);
        _effective = _requested = initial;
        _changedTsc = tsc;
    }

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool Emulated => true;

    /// <inheritdoc/>
    public int Requested => Volatile.Read(ref _requested);

    /// <inheritdoc/>
    public int Effective => Volatile.Read(ref _effective);

    /// <inheritdoc/>
    public ulong ChangedTsc => Volatile.Read(ref _changedTsc);

    /// <inheritdoc/>
    public void Attach(IStatusSink sink)
    {
        using (_gate.Enter())
        {
            _sink = sink;
            Publish();
        }
    }

    /// <inheritdoc/>
    public bool TrySet(int index, ulong tsc)
    {
        if ((uint)index >= (uint)_watts.Length)
        {
            return false;
        }

        using (_gate.Enter())
        {
            Advance(tsc);
            if (index != _requested)
            {
                _requested = index;
                ulong due = index == _effective ? Never : _residency.Now + Math.Min(_latencyTicks, Never - 1 - Math.Min(_residency.Now, Never - 1));
                Volatile.Write(ref _dueTsc, due);
                if (tsc >= due)
                {
                    Advance(tsc);
                }
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Poll(ulong tsc)
    {
        if (tsc < Volatile.Read(ref _dueTsc))
        {
            return;
        }

        using (_gate.Enter())
        {
            Advance(tsc);
        }
    }

    /// <inheritdoc/>
    public EnergySnapshot Energy(ulong tsc)
    {
        ulong[] ticks;
        ulong transitions;
        using (_gate.Enter())
        {
            Advance(tsc);
            ticks = _residency.Ticks();
            transitions = _transitions;
        }

        return new EnergySnapshot([.. ticks.Select(t => t / _tscHz)], _watts, transitions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    internal static uint StretchQ16(uint fastestKHz, uint kHz) =>
        (uint)Math.Min((((ulong)fastestKHz << 16) + (kHz / 2)) / kHz, uint.MaxValue);

    private void Advance(ulong tsc)
    {
        if (_dueTsc != Never && tsc >= _dueTsc)
        {
            _residency.Charge(_effective, _dueTsc);
            _effective = _requested;
            _changedTsc = _dueTsc;
            _transitions++;
            Volatile.Write(ref _dueTsc, Never);
            Publish();
        }

        _residency.Charge(_effective, tsc);
    }

    private void Publish() => _sink?.Publish(_effective, PStates[_effective], _changedTsc, _stretchQ16[_effective]);
}
