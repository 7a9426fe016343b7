using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>A histogram in memory of its own, in ns.</summary>
// SAFETY: the array is pinned for its life and has the histogram's size.
internal sealed unsafe class LatencyHistogram
{
    private readonly ulong[] _memory = GC.AllocateArray<ulong>(LogLinearHistogram.Bytes / sizeof(ulong), pinned: true);

    private LogLinearHistogram View => new(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]));

    /// <summary>Counts a value; one thread only.</summary>
    public void Record(ulong ns) => View.Record(ns);

    /// <summary>A copy; from any thread.</summary>
    public HistogramSnapshot Snapshot() => View.Snapshot();
}
