using System.Runtime.CompilerServices;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler;

/// <summary>
/// Writes a telemetry block. Counters are counted where a region's host reads them: a plain add to a cache line that only
/// this lcore writes costs what a private counter would, and nothing needs flushing.
/// </summary>
// SAFETY: the block is of the layout's size, and outlives the poll loop.
internal readonly unsafe struct LcoreTelemetry(TelemetryBlock block)
{
    private readonly byte* _block = block.Address;
    private readonly LogLinearHistogram _delay = block.Delay;

    /// <summary>A counter's value.</summary>
    public ulong this[int offset] => *(ulong*)(_block + offset);

    /// <summary>Main was reached at <paramref name="mainTsc"/>.</summary>
    public void Starting(ulong mainTsc)
    {
        *(ulong*)(_block + LcoreTelemetryLayout.MainTsc) = mainTsc;
        SetState(LcoreState.Starting);
    }

    /// <summary>Traffic may begin.</summary>
    public void Polling(ulong tsc)
    {
        *(ulong*)(_block + LcoreTelemetryLayout.PollingTsc) = tsc;
        SetState(LcoreState.Polling);
    }

    /// <summary>The counters are final.</summary>
    public void Done() => SetState(LcoreState.Done);

    /// <summary>Counts a poll.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Poll(int received, int burst)
    {
        Add(LcoreTelemetryLayout.Polls, 1);
        if (received == 0)
        {
            Add(LcoreTelemetryLayout.EmptyPolls, 1);
            return;
        }

        Add(LcoreTelemetryLayout.Received, (ulong)received);
        if (received == burst)
        {
            Add(LcoreTelemetryLayout.FullPolls, 1);
        }
    }

    /// <summary>Records how long a packet waited; a send TSC ahead of the poll's counts as no wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Delay(ulong pollTsc, ulong sendTsc) => _delay.Record(pollTsc > sendTsc ? pollTsc - sendTsc : 0);

    /// <summary>Counts forwarded packets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Forwarded(int packets) => Add(LcoreTelemetryLayout.Forwarded, (ulong)packets);

    /// <summary>Counts time of packet work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Worked(ulong ticks) => Add(LcoreTelemetryLayout.WorkTicks, ticks);

    /// <summary>Counts a dropped packet.</summary>
    public void Drop(DropCause cause) => Add(LcoreTelemetryLayout.Drops + ((int)cause * sizeof(ulong)), 1);

    /// <summary>Shows what the scaler did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scaled(ulong calls, int pState)
    {
        *(ulong*)(_block + LcoreTelemetryLayout.Calls) = calls;
        *(ulong*)(_block + LcoreTelemetryLayout.PState) = (ulong)pState;
    }

    /// <summary>Shows how often and for how long the loop has waited so far.</summary>
    public void Waited(ulong waits, ulong ticks)
    {
        *(ulong*)(_block + LcoreTelemetryLayout.Waits) = waits;
        *(ulong*)(_block + LcoreTelemetryLayout.IdleTicks) = ticks;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int offset, ulong count) => *(ulong*)(_block + offset) += count;

    private void SetState(LcoreState state) => Volatile.Write(ref *(ulong*)(_block + LcoreTelemetryLayout.State), (ulong)state);
}
