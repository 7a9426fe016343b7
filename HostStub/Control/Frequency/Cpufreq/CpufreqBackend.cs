using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>
/// The real frequency of one pCPU. A change is made on the calling thread, which is the vCPU's own for a micro-VM, and is in effect when the
/// call returns; what is published is what the kernel showed afterwards. About once a second it is looked at what others may have changed.
/// </summary>
internal sealed partial class CpufreqBackend : IFrequencyBackend, IEnergySource
{
    private readonly CpufreqScaler _scaler;
    private readonly double _tscHz;
    private readonly PStateTable _firstTable;
    private readonly ResidencyClock _residency;
    private readonly ulong[] _outcomes = new ulong[Enum.GetValues<CpufreqOutcome>().Length];
    private readonly int _openingNotes;
    private readonly ILogger _log;
    private readonly FailureNotices _notices;
    private SpinGate _gate;
    private IStatusSink? _sink;
    private int _granted;
    private uint _grantedKHz;
    private uint _wishKHz;
    private ulong _wishes;
    private ulong _failed;
    private int _failing;
    private ulong _changedTsc;
    private ulong _transitions;

    /// <summary>Takes a scaler over, and disposes it at the end.</summary>
    /// <param name="scaler">Controls the pCPU.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now: residency counts from here.</param>
    /// <param name="log">Told what the user should know, on the thread that polls; null for nobody.</param>
    public CpufreqBackend(CpufreqScaler scaler, double tscHz, ulong tsc, ILogger? log = null)
    {
        _scaler = scaler;
        _tscHz = tscHz;
        _firstTable = scaler.PStates;
        _residency = new ResidencyClock(_firstTable.Count, tsc);
        _grantedKHz = scaler.Start.KHz;
        _granted = scaler.IndexOf(_grantedKHz);
        _changedTsc = tsc;
        _openingNotes = scaler.Notes.Count;
        _log = log ?? NullLogger.Instance;
        _notices = new FailureNotices(scaler.Policy.Number, tscHz, _log);
        _nextLook = tsc + (ulong)tscHz;
    }

    /// <summary>Takes a CPU's policy over.</summary>
    /// <param name="options">Which. Signals are left alone: those that end a command end it in order, which disposes all.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="log">Told what the user should know.</param>
    /// <exception cref="CpufreqException">It cannot be controlled; nothing stays changed.</exception>
    public static CpufreqBackend Open(CpufreqOptions options, double tscHz, ulong tsc, ILogger log)
    {
        CpufreqScaler scaler = CpufreqScaler.Open(options with { RestoreOnSignals = false });
        CpufreqBackend backend = new(scaler, tscHz, tsc, log);
        try
        {
            foreach (string line in scaler.Notes)
            {
                CpufreqEvents.FrequencyFound(log, line);
            }

            return backend;
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <summary>Driver, and what is set.</summary>
    public string Means => $"{_scaler.Policy.DriverName}, {(_scaler.Plan.Method == CpufreqMethod.SetSpeed ? "scaling_setspeed" : "bounds")}";

    /// <inheritdoc/>
    public PStateTable PStates => _scaler.PStates;

    /// <inheritdoc/>
    public bool Emulated => false;

    /// <inheritdoc/>
    public int Requested => Volatile.Read(ref _granted);

    /// <inheritdoc/>
    public bool IsLost => (CpufreqOutcome)Volatile.Read(ref _failing) is CpufreqOutcome.LostControl or CpufreqOutcome.Gone;

    /// <inheritdoc/>
    public int Effective => Volatile.Read(ref _granted);

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
    /// <remarks>A P-state that is in force as far as is known is looked at: another program, a hotplug or a suspend may have changed it.</remarks>
    public bool TrySet(int index, ulong tsc)
    {
        if ((uint)index >= (uint)PStates.Count)
        {
            return false;
        }

        CpufreqResult result = index == Requested || IsLost ? _scaler.Ensure(index) : _scaler.Set(index);
        using (_gate.Enter())
        {
            _outcomes[(int)result.Outcome]++;
            if (result.IsGranted)
            {
                _wishKHz = PStates[index];
                _wishes++;
            }

            Take(result, counts: true, tsc);
            return result.IsGranted;
        }
    }

    /// <inheritdoc/>
    /// <remarks>No watts: the kernel tells none for one core.</remarks>
    public EnergySnapshot Energy(ulong tsc)
    {
        ulong[] ticks;
        ulong transitions;
        using (_gate.Enter())
        {
            _residency.Charge(_firstTable.Nearest(_grantedKHz), tsc);
            ticks = _residency.Ticks();
            transitions = _transitions;
        }

        return new EnergySnapshot([.. ticks.Select(t => t / _tscHz)], new double[ticks.Length], transitions);
    }

    /// <summary>What did not go as asked, a sentence each; after disposal also what could not be restored.</summary>
    public IReadOnlyList<string> Findings()
    {
        string policy = $"cpufreq policy {_scaler.Policy.Number}";
        List<string> findings = [];
        foreach (CpufreqOutcome outcome in Enum.GetValues<CpufreqOutcome>())
        {
            ulong count = Volatile.Read(ref _outcomes[(int)outcome]);
            if (count > 0 && CpufreqText.Finding(outcome) is string finding)
            {
                findings.Add($"{policy}, {count} {(count == 1 ? "change" : "changes")}: {finding}");
            }
        }

        findings.AddRange(_scaler.Notes.Skip(_openingNotes));
        return findings;
    }

    /// <inheritdoc/>
    public void Dispose() => _scaler.Dispose();

    // Within the gate. What is shown is what is told, whether it was asked for or not.
    private void Take(in CpufreqResult result, bool counts, ulong tsc)
    {
        if (!result.IsGranted && result.Outcome != CpufreqOutcome.Released)
        {
            _failed += counts ? 1UL : 0;
            if (Interlocked.Exchange(ref _failing, (int)result.Outcome) == 0)
            {
                Volatile.Write(ref _nextLook, 0); // tell soon
            }
        }

        if (result.KHz == 0)
        {
            return;
        }

        int granted = _scaler.IndexOf(result.KHz);
        if (granted != _granted || result.KHz != _grantedKHz)
        {
            _residency.Charge(_firstTable.Nearest(_grantedKHz), tsc);
            _transitions += granted != _granted ? 1UL : 0;
            Volatile.Write(ref _granted, granted);
            _grantedKHz = result.KHz;
            _changedTsc = tsc;
            Publish();
        }
    }

    private void Publish() => _sink?.Publish(_granted, _grantedKHz, _changedTsc, StatusPageLayout.StretchOne);
}
