using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using PollScale.Extensions;
using Xunit;

namespace PollScale.Agreement.Documents;

public class MeterPageTests
{
    [Fact]
    public void The_documented_instruments_are_those_of_the_meter()
    {
        using ServiceProvider services = new ServiceCollection().AddPollScale().BuildServiceProvider();
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        List<(string Name, string Kind)> made = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == factory)
            {
                made.Add((instrument.Name, instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter" : "gauge"));
            }
        };
        listener.Start();
        services.GetRequiredService<PollScaleMeter>();

        Assert.Equal(made, File.ReadLines(Path.Combine(AppContext.BaseDirectory, "getting-started.md"))
            .SkipWhile(line => line != "| instrument | kind | unit | tag | what |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')).Select(cells => (cells[1].Trim(), cells[2].Trim())));
    }
}
