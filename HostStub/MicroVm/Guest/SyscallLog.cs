using PollScale.HostStub.Guest.Syscalls;

namespace PollScale.HostStub.Guest;

/// <summary>Counts system calls by number and remembers the last ones, for reports. Thread-safe without a lock, which every call would pay: of a call that is just being recorded a report may be wrong.</summary>
internal sealed class SyscallLog
{
    private const int Numbers = 512;
    private const int Remembered = 16;
    private readonly long[] _unknown = new long[Numbers];
    private readonly (int Tid, ulong Number, long Result)[] _last = new (int, ulong, long)[Remembered];
    private long _total;

    /// <summary>System calls answered.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>System calls answered ENOSYS because they are not known, by name and number; numbers of 511 and more share one entry.</summary>
    public IReadOnlyDictionary<string, long> Unanswered
    {
        get
        {
            long[] unknown = [.. _unknown];
            return Enumerable.Range(0, Numbers).Where(n => unknown[n] > 0)
                .ToDictionary(n => n < Numbers - 1 ? SyscallNames.Text(n) : $"numbers from {Numbers - 1}", n => unknown[n]);
        }
    }

    /// <summary>Records a call and its result.</summary>
    public void Record(int tid, ulong number, long result, bool unknown)
    {
        if (unknown)
        {
            Interlocked.Increment(ref _unknown[Math.Min(number, Numbers - 1)]);
        }

        _last[(ulong)(Interlocked.Increment(ref _total) - 1) % Remembered] = (tid, number, result);
    }

    /// <summary>The last calls, oldest first, one a line.</summary>
    public IEnumerable<string> Last()
    {
        long total = Total;
        List<string> lines = [];
        for (long i = Math.Max(0, total - Remembered); i < total; i++)
        {
            (int tid, ulong number, long result) = _last[i % Remembered];
            lines.Add($"thread {tid}: {SyscallNames.Text((long)number)} = {(result is < 0 and > -4096 ? result.ToString(System.Globalization.CultureInfo.InvariantCulture) : "0x" + result.ToString("x", System.Globalization.CultureInfo.InvariantCulture))}");
        }

        return lines;
    }
}
