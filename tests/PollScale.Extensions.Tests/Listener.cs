using System.Diagnostics.Metrics;

namespace PollScale.Extensions.Tests;

/// <summary>Collects what one factory's meter "PollScale" shows, by name and the tag besides "lcore".</summary>
internal sealed class Listener : IDisposable
{
    private readonly MeterListener _listener = new();
    private Dictionary<string, double> _seen = [];

    public Listener(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter is { Name: PollScaleMeter.Name } meter && meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, double> Collect()
    {
        _seen = [];
        _listener.RecordObservableInstruments();
        return _seen;
    }

    public void Dispose() => _listener.Dispose();

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string tagged = "";
        bool hasLcore = false;
        foreach ((string key, object? text) in tags)
        {
            hasLcore |= key == "lcore";
            tagged = key == "lcore" ? tagged : $"{{{text}}}";
        }

        if (!hasLcore)
        {
            throw new InvalidOperationException($"{instrument.Name} does not say its lcore.");
        }

        _seen.Add(instrument.Name + tagged, value);
    }
}
