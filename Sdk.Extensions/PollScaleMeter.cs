using System.Diagnostics.Metrics;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Telemetry;

namespace PollScale.Extensions;

/// <summary>
/// The meter of all scalers that are open. Its instruments are observed: they read counters that are there anyway, on the thread of whoever collects
/// them, and cost a poll nothing. Each measurement says its scaler's CPU by the tag "lcore".
/// </summary>
public sealed class PollScaleMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "PollScale";

    private static readonly (double Fraction, string Text)[] s_quantiles = [(0.5, "0.5"), (0.99, "0.99"), (0.999, "0.999"), (1, "1")];
    private readonly Lock _lock = new();
    private PollScaleLcore[] _lcores = [];

    /// <summary>Makes the meter.</summary>
    /// <param name="meters">Makes meters, and ends them.</param>
    public PollScaleMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        Meter meter = meters.Create(Name);
        meter.CreateObservableCounter("pollscale.calls", () => Each(Calls), "{call}", "Frequency calls by status.");
        meter.CreateObservableGauge("pollscale.call.duration", () => Each(lcore => Quantiles(lcore, lcore.Transport.Durations())), "s", "Round trip of frequency calls so far, by quantile.");
        meter.CreateObservableGauge("pollscale.pstate", () => Each<int>(lcore => [One(lcore, lcore.Scaler.LastGranted)]), "{index}", "P-state last granted; 0 is the fastest.");
        meter.CreateObservableCounter("pollscale.packets", () => Each<long>(lcore => [One(lcore, (long)lcore.Scaler.Counters.Received)]), "{packet}", "Packets received.");
        meter.CreateObservableGauge("pollscale.backlog", () => Each(Backlog), "{packet}", "Packets in the rx rings at the last decision; none where the NIC cannot tell.");
        meter.CreateObservableCounter("pollscale.waits", () => Each<long>(lcore => [One(lcore, (long)lcore.Scaler.Waits)]), "{wait}", "Waits where polls found nothing.");
        meter.CreateObservableCounter("pollscale.idle.time", () => Each<double>(lcore => [One(lcore, lcore.Scaler.Idled.TotalSeconds)]), "s", "Time of these waits.");
        meter.CreateObservableGauge("pollscale.wake.lateness", () => Each(lcore => Quantiles(lcore, lcore.WakeTimes.Snapshot())), "s", "How late waits ended so far, by quantile.");
        meter.CreateObservableCounter("pollscale.decisions", () => Each(Decisions), "{decision}", "Decisions by the governor's reason.");
    }

    internal void Add(PollScaleLcore lcore)
    {
        lock (_lock)
        {
            _lcores = [.. _lcores, lcore];
        }
    }

    internal void Remove(PollScaleLcore lcore)
    {
        lock (_lock)
        {
            _lcores = [.. _lcores.Where(other => other != lcore)];
        }
    }

    private static KeyValuePair<string, object?> Tag(PollScaleLcore lcore) => new("lcore", lcore.Scaler.Lcore.Cpu);

    private static Measurement<T> One<T>(PollScaleLcore lcore, T value)
        where T : struct => new(value, Tag(lcore));

    private static Measurement<T> One<T>(PollScaleLcore lcore, T value, string tag, string tagged)
        where T : struct => new(value, Tag(lcore), new KeyValuePair<string, object?>(tag, tagged));

    private static IEnumerable<Measurement<long>> Calls(PollScaleLcore lcore) => lcore.Transport.Calls()
        .Where(calls => calls.Count > 0 || calls.Status == FrequencyStatus.Granted)
        .Select(calls => One(lcore, (long)calls.Count, "status", Snake(calls.Status?.ToString() ?? "Other")));

    private static IEnumerable<Measurement<double>> Quantiles(PollScaleLcore lcore, HistogramSnapshot ticks) => ticks.Count == 0 ? [] : s_quantiles.Select(quantile =>
        One(lcore, TscClock.Frequency.ToNanoseconds(ticks.Percentile(quantile.Fraction)) / 1e9, "quantile", quantile.Text));

    private static IEnumerable<Measurement<long>> Backlog(PollScaleLcore lcore)
    {
        DecisionRecord[] last = new DecisionRecord[1];
        return lcore.Trace.CopyTo(last) == 1 && last[0].Backlog >= 0 ? [One(lcore, (long)last[0].Backlog)] : [];
    }

    private static IEnumerable<Measurement<long>> Decisions(PollScaleLcore lcore) => Enum.GetValues<DecisionReason>()
        .Select(reason => (Reason: reason, Count: lcore.Trace.WrittenFor(reason)))
        .Where(decisions => decisions.Count > 0)
        .Select(decisions => One(lcore, (long)decisions.Count, "reason", Snake(decisions.Reason.ToString())));

    // BackendFailed: backend_failed.
    private static string Snake(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private IEnumerable<Measurement<T>> Each<T>(Func<PollScaleLcore, IEnumerable<Measurement<T>>> measure)
        where T : struct => Volatile.Read(ref _lcores).SelectMany(measure);
}
