using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Audit;

/// <summary>
/// Lets the first of equal decisions through and counts the rest of each window; a guest cannot fill the disk. Its memory is bounded by
/// the guests of the policy times the kinds of decisions. Pure: time is given to it.
/// </summary>
/// <param name="windowTicks">Length of a window, TSC ticks.</param>
internal sealed class RepeatLimiter(ulong windowTicks)
{
    private readonly Dictionary<(string Guest, CallVerdict Result, AuditReason Reason), (ulong Start, ulong Repeats)> _windows = [];

    /// <summary>Whether a decision is to be written in full; else it is counted.</summary>
    public bool Admit(in AuditRecord record, ulong tsc)
    {
        (string, CallVerdict, AuditReason) key = (record.Guest, record.Result, record.Reason);
        if (_windows.TryGetValue(key, out (ulong Start, ulong Repeats) window))
        {
            _windows[key] = (window.Start, window.Repeats + record.Count);
            return false;
        }

        _windows.Add(key, (tsc, record.Count - 1));
        return true;
    }

    /// <summary>The counts of windows that are over, or at the end of all; a window without repeats ends silently, and the next decision is written in full.</summary>
    public IReadOnlyList<AuditRepeats> Take(ulong tsc, bool all)
    {
        List<AuditRepeats> due = [];
        foreach ((var key, (ulong start, ulong repeats)) in _windows.ToArray())
        {
            ulong ticks = tsc > start ? tsc - start : 0;
            if (ticks < windowTicks && !all)
            {
                continue;
            }

            if (repeats == 0)
            {
                _windows.Remove(key);
                continue;
            }

            due.Add(new AuditRepeats(key.Guest, key.Result, key.Reason, repeats, ticks));
            _windows[key] = (tsc, 0);
        }

        return due;
    }
}
