namespace PollScale.Cpufreq;

/// <summary>
/// When control that was lost may be taken again. From another program: <see cref="FirstWaitMs"/> after the loss was seen, and twice as long with
/// each loss within <see cref="QuietMs"/> of the last taking, up to <see cref="LongestWaitMs"/>, so that two managers do not fight. From nobody
/// (the kernel made the policy anew): <see cref="AnewWaitMs"/> between attempts.
/// </summary>
internal sealed class RetakePace
{
    public const long FirstWaitMs = 5_000;
    public const long LongestWaitMs = 60_000;
    public const long QuietMs = 60_000;
    public const long AnewWaitMs = 1_000;

    private long _wait = FirstWaitMs;
    private long? _next;
    private long? _taken;

    /// <summary>Asks for another program's sake.</summary>
    public bool MayTake(long nowMs)
    {
        if (_next is null)
        {
            _wait = _taken is long taken && nowMs - taken < QuietMs ? Math.Min(2 * _wait, LongestWaitMs) : FirstWaitMs;
            _next = nowMs + _wait;
        }

        return Due(nowMs, _wait);
    }

    /// <summary>Asks where nobody else is in the way.</summary>
    public bool MayOpen(long nowMs)
    {
        _next ??= nowMs;
        return Due(nowMs, AnewWaitMs);
    }

    /// <summary>The next question is answered yes.</summary>
    public void Hurry() => _next = long.MinValue;

    /// <summary>Control is here.</summary>
    /// <param name="nowMs">Time.</param>
    /// <param name="anew">It was just taken.</param>
    public void Well(long nowMs, bool anew = false)
    {
        _next = null;
        _taken = anew ? nowMs : _taken;
    }

    private bool Due(long nowMs, long wait)
    {
        if (nowMs < _next)
        {
            return false;
        }

        _next = nowMs + wait;
        return true;
    }
}
