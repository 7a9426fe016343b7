using System.Runtime.CompilerServices;
using PollScale.Hypercall;

namespace PollScale.Scaling;

/// <summary>Requests that are left with the host, and whose grant is read later.</summary>
/// <remarks>
/// A posted request counts as granted and on its way, as an answered one does between its answer and its effect: what governors do not
/// ask for twice, and what may be in effect any moment, is what was posted last.
/// </remarks>
internal sealed partial class ScalerCore
{
    private ulong _effectTicks;
    private ulong _pendingSince;
    private ulong _postedTsc;
    private ulong _waited;
    private int _held = -1;
    private bool _pending;

    /// <summary>
    /// Longest time from a post to the first sight of its grant, in ticks: an upper bound, for what was granted was so before it was seen. A request that
    /// still waits counts with the time it has waited.
    /// </summary>
    public ulong SlowestGrant { get; private set; }

    /// <summary>Says that requests will be posted.</summary>
    /// <param name="effectNs">Longest time from a request's being applied, as the host shows it, to its effect, in ns.</param>
    public void Posts(uint effectNs) => _effectTicks = _frequency.FromNanoseconds(effectNs);

    /// <summary>Takes a request as posted, in place of one that was not granted yet.</summary>
    /// <param name="target">P-state that is asked for.</param>
    /// <param name="before">Ticks before it was stored.</param>
    /// <param name="after">Ticks after the ring.</param>
    public void Posted(int target, ulong before, ulong after)
    {
        _callTicks = after > before ? after - before : 0;
        Calls++;
        LastRequested = target;
        _pendingSince = _pending ? _pendingSince : before;
        _postedTsc = before;
        _pending = true;
    }

    /// <summary>Takes in what a look at the host's page showed.</summary>
    /// <param name="pState">P-state in force; below 0 for no news.</param>
    /// <param name="progress">The host has answered some request since the last look.</param>
    /// <param name="now">Ticks of the look.</param>
    public void Saw(int pState, bool progress, ulong now)
    {
        if (pState >= 0 && pState != LastGranted)
        {
            LastGranted = pState;
            _settledTsc = now + _effectTicks;
        }

        if (_pending)
        {
            _waited = Math.Max(_waited, now - _pendingSince);
            _pendingSince = progress ? _postedTsc : _pendingSince; // what was not answered came later than what was
        }
    }

    /// <summary>Takes in what became of the request posted last, or that the host is gone.</summary>
    /// <param name="reply">The P-state granted, or the error.</param>
    /// <param name="now">Ticks of the look that showed it.</param>
    /// <returns>Ticks since it was posted; 0 when none was.</returns>
    public ulong Granted(FrequencyReply reply, ulong now)
    {
        bool nonsense = !reply.IsError && reply.Value >= _pStates.Count;
        ulong waited = _pending ? now - _postedTsc : 0;
        _pending = false;
        LastStatus = nonsense ? FrequencyStatus.BackendFailed : reply.Status;
        if (LastStatus == FrequencyStatus.Granted)
        {
            LastGranted = (int)reply.Value;
            _held = LastRequested;
            _settledTsc = now + _effectTicks;
            _backoff.Succeeded();
        }
        else
        {
            FailedCalls++;
            LastRequested = LeavesUnknown(LastStatus) ? -1 : _held;
            _backoff.Failed(LastStatus, now);
        }

        return waited;
    }

    private static bool LeavesUnknown(FrequencyStatus status) => status is FrequencyStatus.BackendFailed or FrequencyStatus.TimedOut;

    // Time in which the clock leapt says nothing of the host.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Wait(ulong now, bool leapt)
    {
        if (_waited == 0 && !leapt)
        {
            return;
        }

        SlowestGrant = leapt ? SlowestGrant : Math.Max(SlowestGrant, _waited);
        _pendingSince = leapt ? now : _pendingSince;
        _waited = 0;
    }
}
