using System.Diagnostics.Metrics;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Metrics;
using PollScale.HostStub.Policy;
using PollScale.Telemetry;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Metrics;

public sealed class HostMeterTests : IDisposable
{
    private readonly HostLab _lab = new();
    private readonly LatencyHistogram _latency = new();
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Tags)> _measured = [];
    private readonly Dictionary<string, int> _most = [];
    private int _published;
    private HostFrequency? _host;
    private MeterReading? _reading;

    public void Dispose()
    {
        _listener.Dispose();
        _host?.Dispose();
    }

    [Fact]
    public void A_latency_is_recorded_once_as_the_largest_of_its_bucket()
    {
        using HostMeter meter = Make();
        ulong[] ns = [5, 700, 700, 1_000_000, 3_000_000_000];
        Array.ForEach(ns, _latency.Record);
        meter.RecordLatencies();
        meter.RecordLatencies();
        _latency.Record(900);
        Collect();

        double[] recorded = [.. _measured.Where(one => one.Name == "pollscale.host.request.duration").Select(one => one.Value * 1e9).Order()];
        Assert.Equal(6, recorded.Length);
        Assert.All(recorded.Zip(ns.Append(900UL).Order()), pair => Assert.InRange(pair.First, pair.Second, (pair.Second * 65 / 64) + 1.0));
    }

    [Fact]
    public void No_instrument_has_more_series_than_its_bound_whatever_was_asked_and_decided()
    {
        using HostMeter meter = Make();
        _host = _lab.Start(HostLab.Policy(HostLab.Guest("a", 2, 4), HostLab.Guest("b", 6) with { Control = false }));
        for (uint op = 0; op < 12; op++)
        {
            for (uint argument = 0; argument < 9; argument++)
            {
                _host.ServiceFor("a", 0).Answer(0, new((Hypercall.FrequencyOp)op, argument), 1_000 + op);
                _host.ServiceFor("b", 0).Answer((int)argument, new((Hypercall.FrequencyOp)op, argument), 1_000 + op);
            }
        }

        meter.Follow();
        Collect();
        Assert.True(_measured.Count > 20, $"{_measured.Count}");
        Assert.All(_measured.GroupBy(one => one.Name).Where(group => group.Any(one => one.Tags.Contains("guest=", StringComparison.Ordinal))), group =>
        {
            Assert.Equal(group.Count(), group.Select(one => one.Tags).Distinct().Count());
            Assert.InRange(group.Count(), 1, _most[group.Key]);
        });
    }

    [Fact]
    public void A_set_of_instruments_stays_while_the_vCPUs_do_and_is_another_for_others()
    {
        using HostMeter meter = Make();
        _host = _lab.Start(HostLab.Policy(HostLab.Guest("a", 2)));
        meter.Follow();
        int first = _published;
        meter.Follow();
        Assert.Equal(first, _published);

        _host.Update(HostLab.Policy(HostLab.Guest("b", 2)), 1_000);
        meter.Follow();
        Assert.True(_published > first);
        Collect();
        Assert.Equal(["b"], _measured.Where(one => one.Name == "pollscale.host.vcpu.control").Select(one => one.Tags.Split(',')[0]["guest=".Length..]));
    }

    [Fact]
    public void Reloads_the_audit_and_threads_are_told_as_they_are()
    {
        using HostMeter meter = Make();
        meter.CountReload(isInForce: true);
        meter.CountReload(isInForce: false);
        meter.CountReload(isInForce: false);
        _reading = new MeterReading { Audit = new AuditCounts(7, 5, 3), Shards = [("pCPU 2", 2_500)] };
        Collect();

        Assert.Equal(
            [("pollscale.host.audit.decisions", 3, "result=lost"), ("pollscale.host.audit.decisions", 5, "result=suppressed"), ("pollscale.host.audit.decisions", 7, "result=written"),
             ("pollscale.host.reloads", 1, "result=in_force"), ("pollscale.host.reloads", 2, "result=refused"), ("pollscale.host.shard.busy", 2.5, "shard=pCPU 2")],
            _measured.Where(one => one.Name != "pollscale.host.channels").OrderBy(one => one.Name).ThenBy(one => one.Value));
    }

    private HostMeter Make()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == HostMeter.Name)
            {
                _published++;
                _most[instrument.Name] = HostMeter.MostSeries(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument.Name, value, tags));
        _listener.Start();
        return new HostMeter(() => _reading ?? new MeterReading { Vcpus = _host?.Status(2_000) ?? [] }, _latency.Snapshot);
    }

    private void Measured(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add((name, value, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));

    private void Collect() => _listener.RecordObservableInstruments();
}
