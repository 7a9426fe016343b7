using PollScale.Cpufreq;
using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>
/// Calls answered in this process by setting the real frequency through cpufreq: the same scaler on bare metal or in a container, without a
/// VM. Make it on the polling thread.
/// </summary>
internal sealed class CpufreqTransport : IFrequencyTransport
{
    private readonly CpufreqScaler _scaler;
    private const long LookEveryMs = 1000;
    private readonly PStateTable _shown;
    private int _pState;
    private long _nextLook;

    internal CpufreqTransport(CpufreqScaler scaler)
    {
        _scaler = scaler;
        _shown = scaler.PStates;
        _pState = scaler.PStates.Clamp(scaler.IndexOf(scaler.Start.KHz));
    }

    /// <inheritdoc/>
    public string Doorbell => "cpufreq";

    /// <inheritdoc/>
    public PStateTable PStates => _scaler.PStates;

    /// <summary>True: without the permission no transport is made.</summary>
    public bool ControlGranted => true;

    /// <summary>False: the clock itself changes.</summary>
    public bool Emulated => false;

    /// <inheritdoc/>
    public uint StretchQ16 => StatusPageLayout.StretchOne;

    /// <summary>What the last change came to, as the kernel showed it afterwards.</summary>
    public CpufreqResult LastResult { get; private set; }

    /// <summary>The policy, how it is controlled, and notes for the user.</summary>
    public CpufreqScaler Scaler => _scaler;

    /// <summary>Takes control of a CPU's frequency.</summary>
    /// <exception cref="FrequencyControlUnavailableException">It cannot be controlled here; the message says why and what to do.</exception>
    public static CpufreqTransport Open(CpufreqOptions? options = null)
    {
        try
        {
            return new CpufreqTransport(CpufreqScaler.Open(options));
        }
        catch (CpufreqException e)
        {
            throw new FrequencyControlUnavailableException($"The frequency cannot be controlled through cpufreq: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A change is answered with the P-state nearest to what the kernel shows after it. Errors: EPERM when the permission went away, EIO for
    /// everything else that kept the kernel from it, a loss of control among them; <see cref="LastResult"/> tells which.
    /// </remarks>
    public FrequencyReply Call(FrequencyCall call)
    {
        if (!_scaler.PStates.KHz.SequenceEqual(_shown.KHz))
        {
            LastResult = new CpufreqResult(CpufreqOutcome.Gone, 0); // another driver: what the caller knows by number is no more
            return new FrequencyReply(FrequencyStatus.BackendFailed);
        }

        if (call.Op is FrequencyOp.GetPState or FrequencyOp.Step && _scaler.Read() is { KHz: > 0 } now)
        {
            _pState = _scaler.IndexOf(now.KHz); // others may have changed it
        }

        FrequencyReply reply = CallMeaning.Answer(call, PStates, _pState, out int target);
        if (target < 0)
        {
            return reply;
        }

        LastResult = _scaler.Set(target);
        if (!LastResult.IsGranted)
        {
            TakeBack();
            return new FrequencyReply(LastResult.Outcome == CpufreqOutcome.NoPermission ? FrequencyStatus.Denied : FrequencyStatus.BackendFailed);
        }

        _pState = LastResult.Outcome == CpufreqOutcome.Applied ? target : _scaler.IndexOf(LastResult.KHz);
        return new FrequencyReply(_pState);
    }

    // A later call finds control again: another program's setting stands for some seconds, a policy that was made anew is opened at once.
    private void TakeBack()
    {
        long now = Environment.TickCount64;
        if (now >= _nextLook)
        {
            _nextLook = now + LookEveryMs;
            _scaler.Look(now, hurry: false, out _);
        }
    }

    /// <summary>Restores the settings found at the start.</summary>
    public void Dispose() => _scaler.Dispose();
}
