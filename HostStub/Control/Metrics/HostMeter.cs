using System.Diagnostics.Metrics;
using PollScale.Telemetry;

namespace PollScale.HostStub.Metrics;

/// <summary>
/// The meter of the host side. Its instruments are observed: they read what serving counts anyway, on the thread of whoever collects them, and cost a request
/// nothing. docs/metrics.md has every instrument.
/// </summary>
internal sealed class HostMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "PollScale.Host";

    private const long FreshMs = 200; // one collection reads once for all its instruments

    /// <summary>Bounds of the buckets of <c>pollscale.host.request.duration</c>, in s.</summary>
    public static readonly IReadOnlyList<double> DurationBounds = [2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 100e-3, 1];

    private readonly Func<MeterReading> _read;
    private readonly Meter _meter = new(Name);
    private readonly LatencyRecorder _latencies;
    private readonly Lock _gate = new();
    private MeterReading _reading = MeterReading.None;
    private long _readAt = long.MinValue;
    private long _inForce;
    private long _refused;
    private GuestInstruments? _guests;
    private (string, int)[] _named = [];

    /// <summary>Makes the instruments.</summary>
    /// <param name="read">Reads what they show; waits for nothing.</param>
    /// <param name="latencies">All service latencies so far, in ns.</param>
    public HostMeter(Func<MeterReading> read, Func<HistogramSnapshot> latencies)
    {
        _read = read;
        _latencies = new LatencyRecorder(latencies, _meter.CreateHistogram(
            "pollscale.host.request.duration", "s", "Time from the wake-up that brought a request to its answer, of all channels.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds }));
        _meter.CreateObservableUpDownCounter("pollscale.host.channels", Channels, "{channel}", "Channels by whether their guest is there.");
        _meter.CreateObservableCounter("pollscale.host.reloads", Reloads, "{reload}", "Times that the policy was read again, by what it came to.");
        _meter.CreateObservableCounter("pollscale.host.audit.decisions", Audit, "{decision}", "Decisions told to the audit log, by what became of them.");
        _meter.CreateObservableGauge("pollscale.host.shard.busy", Shards, "s", "How long a serving thread has been at its present work; one that sleeps has 0, one that hangs 2 and more.");
        _meter.CreateObservableGauge("system.cpu.frequency", Cpus, "Hz", "Real frequency of the pCPUs that the policy names; none where P-states are simulated.");
    }

    /// <summary>
    /// The most series that an instrument of this meter can have, as the policy in force has it; 0 for one that says nothing of guests. What guests do makes no more
    /// of them.
    /// </summary>
    public static int MostSeries(Instrument instrument) => GuestInstruments.MostSeries(instrument);

    /// <summary>Shows the guests that the reading now has: a new set of instruments for another set of vCPUs, so that series of those that are gone take no room.</summary>
    public void Follow()
    {
        lock (_gate)
        {
            _readAt = long.MinValue;
        }

        (string, int)[] named = [.. Reading().Vcpus.Select(vcpu => (vcpu.Guest, vcpu.Vcpu))];
        if (_guests is null || !named.AsSpan().SequenceEqual(_named))
        {
            _guests?.Dispose();
            _guests = new GuestInstruments(Name, Reading, named.Length);
            _named = named;
        }
    }

    /// <summary>Counts a reload.</summary>
    public void CountReload(bool isInForce) => Interlocked.Increment(ref isInForce ? ref _inForce : ref _refused);

    /// <summary>Takes up latencies; to be called about once a second.</summary>
    public void RecordLatencies() => _latencies.Record();

    /// <inheritdoc/>
    public void Dispose()
    {
        _guests?.Dispose();
        _meter.Dispose();
    }

    // The first of a collection reads, and the others show the same moment.
    private MeterReading Reading()
    {
        lock (_gate)
        {
            long now = Environment.TickCount64;
            if (_readAt == long.MinValue || now - _readAt > FreshMs)
            {
                _reading = _read();
                _readAt = now;
            }

            return _reading;
        }
    }

    private IEnumerable<Measurement<long>> Channels()
    {
        _latencies.Record(); // observed before what was recorded is collected
        MeterReading reading = Reading();
        int connected = reading.Channels.Count(channel => channel.Counts.Connected);
        return [new(connected, Tag("state", "connected")), new(reading.Channels.Count - connected, Tag("state", "waiting"))];
    }

    private IEnumerable<Measurement<long>> Reloads() =>
        [new(Interlocked.Read(ref _inForce), Tag("result", "in_force")), new(Interlocked.Read(ref _refused), Tag("result", "refused"))];

    private IEnumerable<Measurement<long>> Audit() => Reading().Audit is not { } audit ? []
        : [new((long)audit.Written, Tag("result", "written")), new((long)audit.Suppressed, Tag("result", "suppressed")), new((long)audit.Lost, Tag("result", "lost"))];

    private IEnumerable<Measurement<double>> Shards() => Reading().Shards.Select(shard => new Measurement<double>(shard.AwakeMs / 1000.0, Tag("shard", shard.Name)));

    private IEnumerable<Measurement<double>> Cpus() => Reading().Vcpus
        .Where(vcpu => vcpu is { Emulated: false, Pcpu: not null, RealKhz: not null }).DistinctBy(vcpu => vcpu.Pcpu)
        .Select(vcpu => new Measurement<double>(vcpu.RealKhz!.Value * 1e3, Tag("cpu.logical_number", vcpu.Pcpu!.Value)));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
