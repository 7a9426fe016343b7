using PollScale.Clock;
using PollScale.Hypercall;

namespace PollScale.Polling;

/// <summary>When to ask again after a host refused or failed: soon after a spent budget, rarely after a refusal, never in a spin.</summary>
internal struct CallBackoff
{
    private const int FirstMicroseconds = 100;
    private const int RefusedMicroseconds = 1_000_000;
    private const int MaxDoublings = 10;
    private readonly TscFrequency _frequency;
    private ulong _failedTsc;
    private ulong _waitTicks;
    private int _failures;

    public CallBackoff(TscFrequency frequency) => _frequency = frequency;

    /// <summary>True after a failure, until a call succeeds.</summary>
    public readonly bool Failing => _failures > 0;

    /// <summary>True when a failure left the frequency unknown: the next request is for the fastest.</summary>
    public bool FailHigh { get; private set; }

    /// <summary>True when the wait is over.</summary>
    public readonly bool MayCall(ulong now) => _failures == 0 || now - _failedTsc >= _waitTicks;

    public void Succeeded()
    {
        _failures = 0;
        FailHigh = false;
    }

    public void Failed(FrequencyStatus status, ulong now)
    {
        int doublings = Math.Min(_failures, MaxDoublings);
        _failures = doublings + 1;
        _failedTsc = now;
        bool mayPass = status is FrequencyStatus.Throttled or FrequencyStatus.BackendFailed or FrequencyStatus.TimedOut;
        _waitTicks = _frequency.FromMicroseconds(mayPass ? (ulong)FirstMicroseconds << doublings : RefusedMicroseconds);
        FailHigh |= status is FrequencyStatus.BackendFailed or FrequencyStatus.TimedOut;
    }
}
