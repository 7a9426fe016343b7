using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.DependencyInjection;
using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Extensions.Tests;

/// <summary>The meter as dotnet-counters sees it: by the runtime's event source of metrics, asked by the meter's name.</summary>
public class CountersTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Dotnet_counters_way_shows_the_instruments_of_an_open_scaler()
    {
        using ServiceProvider services = new ServiceCollection().AddPollScale(options =>
        {
            options.Pinning = ThreadPinning.Ignore;
            options.Transport = _ => new LoopbackTransport(new PStateTable([3_000_000, 2_000_000, 1_000_000], 0, 2, 20_000));
        }).BuildServiceProvider();
        using PollScaleLcore lcore = services.GetRequiredService<PollScaleLcores>().Open();
        lcore.Scaler.Observe(8, 5);
        using Counters counters = new();

        // Other tests' scalers show theirs under the same names.
        Assert.True(SpinWait.SpinUntil(() => counters.Has("pollscale.pstate", $"{lcore.Scaler.LastGranted}") && counters.Has("pollscale.packets"), s_patience), string.Join(", ", counters.Seen));
        Assert.Contains("pollscale.decisions", counters.Made.Keys);
    }

    private sealed class Counters : EventListener
    {
        // The names of events and their fields are what dotnet-counters itself reads.
        private const string Source = "System.Diagnostics.Metrics";
        private const EventKeywords InstrumentPublishing = (EventKeywords)4, TimeSeriesValues = (EventKeywords)2;

        public ConcurrentDictionary<(string Instrument, string Value), bool> Seen { get; } = [];

        public ConcurrentDictionary<string, string> Made { get; } = [];

        public bool Has(string instrument, string? value = null) => Seen.Keys.Any(seen => seen.Instrument == instrument && (value is null || seen.Value == value));

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Source)
            {
                EnableEvents(eventSource, EventLevel.Informational, InstrumentPublishing | TimeSeriesValues, new Dictionary<string, string?>
                {
                    ["SessionId"] = "counters", ["Metrics"] = PollScaleMeter.Name, ["RefreshInterval"] = "0.2", ["MaxTimeSeries"] = "1000", ["MaxHistograms"] = "20",
                });
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            Dictionary<string, string> fields = (eventData.PayloadNames ?? []).Zip(eventData.Payload ?? [], (name, value) => (name, $"{value}")).ToDictionary(pair => pair.name, pair => pair.Item2);
            if (fields.GetValueOrDefault("meterName") != PollScaleMeter.Name || fields.GetValueOrDefault("instrumentName") is not string instrument)
            {
                return;
            }

            Made[instrument] = eventData.EventName ?? "";
            if (eventData.EventName is "GaugeValuePublished" or "CounterRateValuePublished")
            {
                Seen[(instrument, fields.GetValueOrDefault("lastValue") ?? fields.GetValueOrDefault("value") ?? "")] = true;
            }
        }
    }
}
