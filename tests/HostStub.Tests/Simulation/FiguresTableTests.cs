using PollScale.HostStub.Simulation;
using PollScale.Telemetry;
using Spectre.Console;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

public class FiguresTableTests
{
    private const string LongName = "l3fwd-power:sticky-hints=off,interrupts=off,gear3-packets=1096,timer-period=250ms";

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void No_cell_is_broken_at_any_width(int width)
    {
        string[] lines = Write(width, out string[] cells);

        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.All(cells, cell => Assert.Contains(lines, line => Columns(line).Contains(cell)));
        Assert.All(LongName.Split(','), part => Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_all_columns_fit_there_is_one_table_and_where_not_each_names_the_governors()
    {
        Assert.Single(Write(300, out _), line => line.Contains("governor", StringComparison.Ordinal));

        string[] narrow = Write(80, out _);
        int tables = narrow.Count(line => line.Contains("governor", StringComparison.Ordinal));
        Assert.InRange(tables, 2, 6);
        Assert.Equal(tables, narrow.Count(line => Columns(line).Contains("optimal-available")));
        Assert.Single(narrow, line => line.Contains("A workload", StringComparison.Ordinal));
    }

    // Columns stand two blanks or more apart; cells hold single ones ("12.3 %").
    private static string[] Columns(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Write(int width, out string[] cells)
    {
        StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        FiguresTable table = new("A workload", figures => figures.InvalidWorkloads == 0 ? "yes" : $"NO, {figures.InvalidWorkloads} of 12 left out, 1 without oracle");
        table.Add(Some("optimal-available", 0));
        table.Add(Some(LongName, 3));
        table.Write(console);
        cells = ["1.016", "0.901", "0.953", "123.46", "62.3 %", "99,123", "1,234,567", "18,446,744", "987,654,321", "123,456,789,012", "12,345,678", "51,234", "0.4 %", "1,201", "13.7 %", "45.9 %",
            "yes", "NO, 3 of 12 left out, 1 without oracle"];
        return output.ToString().Split('\n');
    }

    private static Figures Some(string governor, int invalid) => new()
    {
        Governor = governor,
        Workloads = 12,
        InvalidWorkloads = invalid,
        InfeasibleWorkloads = 0,
        Runs = 60,
        InvalidRuns = invalid,
        EnergyRatio = 1.016,
        OverBest = 0.901,
        MostOverBest = 0.953,
        Watts = 123.456,
        SavedShare = 0.623,
        MeanDelayUs = 1,
        DelayUs = new Percentiles(99_123, 1_234_567, 18_446_744, 987_654_321),
        Lost = 123_456_789_012,
        ExcessLoss = 12_345_678,
        RequestsPerSecond = 51_234,
        IdleRequestShare = 0.004,
        TransitionsPerSecond = 1_201,
        CallShare = 0.137,
        AsleepShare = 0.459,
    };
}
