using System.Globalization;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Timeline;

/// <summary>Notes when the rx ring was full and packets were lost, in which P-state, and what was asked for meanwhile.</summary>
/// <param name="begin">TSC of the first packet.</param>
/// <param name="ticksPerSecond">TSC ticks a second.</param>
internal sealed class FullRing(ulong begin, double ticksPerSecond)
{
    private const int Most = 3;

    // Losses less than this apart are of one cause.
    private const double ApartS = 0.01;
    private readonly List<string> _notes = [];
    private TimelineStep? _loss;
    private RunChange? _last, _before;
    private long _times;
    private ulong _lost;

    /// <summary>A sentence for each of the first losses, and one for all others.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            Close();
            return _times <= Most ? _notes
                : [.. _notes, $"It was full {Human.Count(_times - Most)} more times, and {Human.Count(_lost)} packets were lost in all; --changes and --series tell of each."];
        }
    }

    /// <summary>A P-state took effect.</summary>
    public void Add(RunChange change) => _last = change;

    /// <summary>A step is over.</summary>
    public void Add(in TimelineStep step)
    {
        if (_loss is { } loss && (step.Tsc - (loss.Tsc + loss.Ticks)) / ticksPerSecond > ApartS)
        {
            Close();
        }

        if (step.RingFull > 0)
        {
            _before = _loss is null ? _last : _before;
            _loss = _loss is { } sofar ? sofar.With(step) : step;
        }
    }

    private void Close()
    {
        if (_loss is not { } loss)
        {
            return;
        }

        _loss = null;
        _lost += loss.RingFull;
        if (++_times > Most)
        {
            return;
        }

        double at = (loss.Tsc - begin) / ticksPerSecond, ms = 1000 * loss.Ticks / ticksPerSecond;
        string mhz = loss.KHz.Min < loss.KHz.Max ? Say($"{loss.KHz.Min / 1000:0} to {loss.KHz.Max / 1000:0} MHz") : Say($"{loss.KHz.Max / 1000:0} MHz");
        string why = _before?.Why is string sentence ? Say($" The last change before, at {_before.ElapsedS:0.000} s: {sentence}.") : "";
        _notes.Add(Say($"The rx ring was full at {at:0.000} s: {Human.Count(loss.RingFull)} packets were lost within {ms:0.#} ms, at {mhz}; the oldest in it had waited {loss.OldestTicks.Max / ticksPerSecond * 1e6:0} us.") + why);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
