using System.Globalization;
using PollScale.Telemetry;

namespace PollScale.HostStub.Run;

/// <summary>
/// Notices a guest that does not boot or no longer polls. Pure: told the time and the guest's claims. Once it polled, any
/// change of the polls counter is a sign of life.
/// </summary>
/// <param name="bootLimit">Longest time until the guest polls.</param>
/// <param name="pollLimit">Longest time without a poll; zero for no limit.</param>
internal sealed class PollWatchdog(TimeSpan bootLimit, TimeSpan pollLimit)
{
    // A host that was itself held up must not blame the guest: one check counts for so much time at most.
    private static readonly TimeSpan s_mostPerCheck = TimeSpan.FromMilliseconds(250);
    private bool _polling;
    private ulong _polls;
    private TimeSpan _last;
    private TimeSpan _silent;

    /// <summary>Checks once.</summary>
    /// <param name="state">State the guest claims.</param>
    /// <param name="polls">Polls the guest claims.</param>
    /// <param name="now">Time since the guest was started, never falling.</param>
    /// <returns>Why the guest must be stopped, or null.</returns>
    public string? Check(LcoreState state, ulong polls, TimeSpan now)
    {
        TimeSpan step = now - _last;
        _last = now;
        if (!_polling && state >= LcoreState.Polling)
        {
            _polling = true;
            _polls = polls;
            _silent = TimeSpan.Zero;
            return null;
        }

        bool alive = _polling && (polls != _polls || state == LcoreState.Done);
        _polls = polls;
        _silent = alive ? TimeSpan.Zero : _silent + (step < s_mostPerCheck ? step : s_mostPerCheck);
        if (!_polling)
        {
            return _silent > bootLimit
                ? string.Create(CultureInfo.InvariantCulture, $"not polling {bootLimit.TotalSeconds:0.0} s after its start")
                : null;
        }

        return pollLimit > TimeSpan.Zero && _silent > pollLimit
            ? string.Create(CultureInfo.InvariantCulture, $"no poll for {pollLimit.TotalSeconds:0.0} s")
            : null;
    }
}
