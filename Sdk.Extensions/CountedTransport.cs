using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale.Extensions;

/// <summary>Counts the calls of another transport, and how long they take. One thread calls, any may read; a call costs two clock readings more, a poll nothing.</summary>
internal class CountedTransport(IFrequencyTransport inner) : IFrequencyTransport
{
    // Statuses are contracts and few; the last counts what is none of them.
    private static readonly FrequencyStatus[] s_statuses = Enum.GetValues<FrequencyStatus>();
    private readonly ulong[] _byStatus = new ulong[s_statuses.Length + 1];
    private readonly ulong[] _ticks = new ulong[LogLinearHistogram.Buckets];
    private ulong _longest;

    /// <inheritdoc/>
    public string Doorbell => inner.Doorbell;

    /// <inheritdoc/>
    public PStateTable PStates => inner.PStates;

    /// <inheritdoc/>
    public bool ControlGranted => inner.ControlGranted;

    /// <inheritdoc/>
    public bool Emulated => inner.Emulated;

    /// <inheritdoc/>
    public uint StretchQ16 => inner.StretchQ16;

    /// <inheritdoc/>
    public FrequencyReply Call(FrequencyCall call)
    {
        ulong before = TscClock.Now;
        FrequencyReply reply = inner.Call(call);
        ulong after = TscClock.Now;
        Count(reply, after > before ? after - before : 0);
        return reply;
    }

    /// <summary>Counts an answer.</summary>
    protected void Count(FrequencyReply reply, ulong ticks)
    {
        Add(ref _ticks[LogLinearHistogram.Bucket(ticks)]);
        if (ticks > _longest)
        {
            Volatile.Write(ref _longest, ticks);
        }

        int index = Array.IndexOf(s_statuses, reply.Status);
        Add(ref _byStatus[index < 0 ? s_statuses.Length : index]);
    }

    /// <summary>Calls by status. From any thread.</summary>
    public IEnumerable<(FrequencyStatus? Status, ulong Count)> Calls() =>
        _byStatus.Select((_, i) => (i < s_statuses.Length ? (FrequencyStatus?)s_statuses[i] : null, Volatile.Read(ref _byStatus[i])));

    /// <summary>Durations in TSC ticks. From any thread.</summary>
    public HistogramSnapshot Durations() => new([.. _ticks.Select((_, i) => Volatile.Read(ref _ticks[i]))], Volatile.Read(ref _longest));

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Add(ref ulong count) => Volatile.Write(ref count, count + 1);
}
