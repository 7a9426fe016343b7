namespace PollScale.Telemetry;

/// <summary>
/// A histogram of times in the unit of who records them: 64 linear buckets an octave, so a value is known to 1.6 %. One thread records, any may
/// take a snapshot; recording allocates nothing. Values of 2^40 and more count as 2^40.
/// </summary>
public sealed unsafe class LatencyHistogram
{
    private readonly LogLinearHistogram _view;
    private readonly ulong[]? _memory;

    /// <summary>Makes an empty one, in some 18 KiB of memory of its own.</summary>
    public LatencyHistogram()
    {
        _memory = GC.AllocateArray<ulong>(LogLinearHistogram.Bytes / sizeof(ulong), pinned: true);

        // SAFETY: the array is pinned for as long as it lives, has the bytes that a view covers, and lives as long as this.
        _view = new LogLinearHistogram(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]));
    }

    /// <summary>Records into memory that its owner keeps for as long as this is used.</summary>
    internal LatencyHistogram(LogLinearHistogram view) => _view = view;

    /// <summary>Counts a value; one thread only.</summary>
    public void Record(ulong value) => _view.Record(value);

    /// <summary>Counts a value several times; none for 0. One thread only.</summary>
    internal void Record(ulong value, ulong times)
    {
        if (times > 0)
        {
            _view.Record(value, LogLinearHistogram.Bucket(value), times);
        }
    }

    /// <summary>Counts a value here and in another one; one thread only.</summary>
    internal void Record(ulong value, LatencyHistogram? also)
    {
        int bucket = LogLinearHistogram.Bucket(value);
        _view.Record(value, bucket);
        also?._view.Record(value, bucket);
    }

    /// <summary>A copy that later records do not change; from any thread.</summary>
    public HistogramSnapshot Snapshot() => _view.Snapshot();
}
