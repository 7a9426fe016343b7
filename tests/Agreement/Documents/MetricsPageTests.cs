using System.Diagnostics.Metrics;
using PollScale.HostStub.Metrics;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>docs/metrics.md has every instrument of the host's meter, and no other.</summary>
public class MetricsPageTests
{
    private static readonly string[][] s_rows = [.. DocumentedTable.Rows("docs/metrics.md", "| instrument | kind | unit | tags | in Prometheus | what |")];

    [Fact]
    public void The_documented_instruments_are_those_of_the_meter()
    {
        List<string> made = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == HostMeter.Name)
            {
                made.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
            }
        };
        listener.Start();
        using HostMeter meter = new(() => MeterReading.None, () => HistogramSnapshot.Sum());
        meter.Follow();

        Assert.Equal(made, s_rows.Select(cells => $"{cells[0]} {cells[1]} {cells[2]}"));
    }

    [Fact]
    public void Names_in_Prometheus_follow_from_name_unit_and_kind() => Assert.All(s_rows, cells =>
    {
        string unit = cells[2] switch { "s" => "_seconds", "Hz" => "_hertz", "J" => "_joules", "By" => "_bytes", _ => "" };
        Assert.Equal($"{cells[0].Replace('.', '_')}{unit}{(cells[1] == "counter" ? "_total" : "")}", cells[4]);
    });

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant();
}
