using System.Globalization;
using PollScale.Native;

namespace PollScale.HostStub.Placement;

/// <summary>What a thread did with its CPU, as the kernel counts it (/proc/PID/task/TID/schedstat).</summary>
/// <param name="Ran">CPU time that it used.</param>
/// <param name="KeptWaiting">Time in which it could have run, and another had the CPU.</param>
/// <param name="Arrivals">Times that it was given a CPU: it had slept, or been preempted.</param>
internal readonly record struct ThreadUsage(TimeSpan Ran, TimeSpan KeptWaiting, long Arrivals)
{
    private const int Fields = 3;

    /// <summary>Reads it.</summary>
    /// <param name="process">Process id.</param>
    /// <param name="thread">Thread id.</param>
    /// <param name="procfs">Where procfs is mounted.</param>
    /// <returns>Null where the thread is gone, or the kernel does not count (it was built without CONFIG_SCHED_INFO).</returns>
    public static ThreadUsage? Read(int process, int thread, string procfs = "/proc")
    {
        try
        {
            return Parse(File.ReadAllText(FormattableString.Invariant($"{procfs}/{process}/task/{thread}/schedstat")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>That of the calling thread so far.</summary>
    public static ThreadUsage? OfCaller() => Read(Environment.ProcessId, LibC.gettid());

    /// <summary>What was used since an earlier reading.</summary>
    public ThreadUsage Since(ThreadUsage earlier) => new(Ran - earlier.Ran, KeptWaiting - earlier.KeptWaiting, Arrivals - earlier.Arrivals);

    private static ThreadUsage? Parse(string text)
    {
        string[] fields = text.Split(' ', StringSplitOptions.TrimEntries);
        return fields.Length == Fields
            && long.TryParse(fields[0], CultureInfo.InvariantCulture, out long ran)
            && long.TryParse(fields[1], CultureInfo.InvariantCulture, out long kept)
            && long.TryParse(fields[2], CultureInfo.InvariantCulture, out long arrivals)
            ? new ThreadUsage(TimeSpan.FromTicks(ran / TimeSpan.NanosecondsPerTick), TimeSpan.FromTicks(kept / TimeSpan.NanosecondsPerTick), arrivals)
            : null;
    }
}
