using PollScale.Governors;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler;

/// <summary>Shows the host each decision at which the scaler called it, as its trace has them.</summary>
/// <param name="log">Where the host reads them.</param>
internal sealed class ShownDecisions(DecisionLog log)
{
    private const int Most = 16;
    private readonly DecisionRecord[] _new = new DecisionRecord[Most];
    private ulong _shown;

    /// <summary>The scaler's trace: between two calls of <see cref="Show"/> it makes a record or two.</summary>
    public DecisionTrace Trace { get; } = new(Most);

    /// <summary>Shows what is new.</summary>
    public void Show()
    {
        int count = Trace.CopyTo(_new.AsSpan(0, (int)Math.Min(Trace.Written - _shown, Most)));
        foreach (ref readonly DecisionRecord record in _new.AsSpan(0, count))
        {
            if (record.Number == 0)
            {
                log.Begin(record.RingSize, record.PeakPacketsPerSecond);
            }

            log.Write(DecisionCodes.Pack(record));
        }

        _shown = Trace.Written;
    }
}
