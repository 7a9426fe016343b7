using System.Text.Json;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;
using Spectre.Console;
using Xunit;

namespace PollScale.HostStub.Tests.Report;

public class ReporterTests
{
    private static readonly RunHeader s_header = new()
    {
        Guest = "q\u001b]0;x",
        Mode = "micro-vm",
        Doorbell = "port",
        Traffic = "bursty",
        Ring = 4096,
        Cpu = 1,
        HousekeepingCpu = 0,
        Priority = "normal",
        PStates = "emulated",
        PStateTable = "synthetic",
        FrequenciesMhz = [3000, 1000],
        TscKhz = 2_000_000,
        Seed = 1,
    };

    private static readonly RunSnapshot s_snapshot = new()
    {
        ElapsedS = 1,
        OfferedMpps = 1.2345,
        ForwardedMpps = 1.2,
        Offered = 1_234_500,
        Forwarded = 1_200_000,
        RingFull = 3,
        Backlog = 17,
        PState = 4,
        Mhz = 2600,
        CallsPerS = 123,
        RoundTripNs = Percentiles.None,
        Lcore = new LcoreUse { CpuPercent = 9.87, KeptWaitingPercent = 0, WakeUpsPerS = 4321, AsleepPercent = 90.12, LateUs = new Percentiles(5.25, 6, 7, 8) },
        EnergySavedPercent = 41.26,
    };

    private static readonly RunSummary s_summary = new()
    {
        DurationS = 15.004,
        HasTraffic = true,
        Offered = 20_000_000,
        Forwarded = 19_999_000,
        Dropped = new Dictionary<string, ulong> { ["ring_full"] = 0, ["bad_checksum"] = 1000 },
        Accounted = true,
        Unaccounted = 0,
        Lost = 0,
        OutOfOrder = 0,
        Invalid = 0,
        Backlog = 0,
        DelayCounts = [new DelayCount(10, 5), new DelayCount(100, 7)],
        DelayUs = new Percentiles(8.123456, 81.2, 1234, double.NaN),
        EnergyJ = 42.123,
        FastestEnergyJ = 82.5,
        EnergySavedPercent = 48.94,
        PStates = "emulated",
        Transitions = 1234,
        ResidencyPercent = [new PStateResidency(0, 3000, 20), new PStateResidency(1, 1000, 80)],
        Doorbell = "port",
        Calls = new Dictionary<string, ulong> { ["granted"] = 1200, ["clamped"] = 0 },
        RoundTripNs = new Percentiles(25_600, 41_000, 52_000, 60_000),
        Lcore = new LcoreUse { CpuPercent = 9.87, KeptWaitingPercent = 1.5, WakeUpsPerS = 4321, AsleepPercent = 88.6, WorkPercent = 1.5, LateUs = new Percentiles(5.25, 60, 70, 80) },
        SleepCostUs = 10,
        Waits = 64_815,
        BootMs = 61.2,
        GeneratorStalls = 2,
        GeneratorStalledMs = 0.31,
        GuestEnd = "exited",
        GuestExitCode = 0,
        Cause = "The guest exited with status 0.",
        Notes = ["A note\u001b[2J."],
        ExitCode = 0,
    };

    [Fact]
    public void JSON_lines_are_one_object_each_with_full_precision()
    {
        StringWriter output = new();
        Report(new JsonLines(output, ReportJson.Default));
        string[] lines = output.ToString().TrimEnd().Split('\n');

        Assert.Equal(["start", "sample", "summary"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!));
        JsonElement summary = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.Equal(8.123456, summary.GetProperty("delay_us").GetProperty("p50").GetDouble());
        Assert.Equal("NaN", summary.GetProperty("delay_us").GetProperty("max").GetString());
        Assert.Equal(1200, summary.GetProperty("calls").GetProperty("granted").GetInt32());
        Assert.Equal(61.2, summary.GetProperty("boot_ms").GetDouble());
        Assert.Equal(20, summary.GetProperty("residency_percent")[0].GetProperty("percent").GetDouble());
    }

    [Fact]
    public void Plain_columns_stay_in_place()
    {
        StringWriter output = new();
        PlainLines plain = new(output, TextWriter.Null);
        plain.Show(s_snapshot);
        plain.Show(s_snapshot with { OfferedMpps = 0, PState = 20, Mhz = 1000, CallsPerS = 19_999, RoundTripNs = new Percentiles(25_600, 1, 2, 3), ElapsedS = 999.9 });
        string[] lines = output.ToString().TrimEnd().Split('\n');

        Assert.Equal("   1.0     1.235     1.200         3      17       4  2600      123          -   9.9   90.1    4321   5.3    41.3", lines[2]);
        Assert.Equal(lines[2].Length, lines[3].Length);
        Assert.Equal(lines[0].Length, lines[3].Length);
    }

    [Fact]
    public void The_plain_summary_gives_the_verdict_in_words_and_rounds()
    {
        StringWriter output = new();
        Report(new PlainLines(output, TextWriter.Null));
        string text = output.ToString();

        Assert.Contains("offered 20,000,000   forwarded 19,999,000   dropped 1,000   in 15 s", text);
        Assert.Contains("by cause: bad_checksum 1,000", text);
        Assert.Contains("every packet is accounted for", text);
        Assert.Contains("p50 8.12 us   p99 81.2 us   p99.9 1.23 ms   max -", text);
        Assert.Contains("48.9 % saved against always-fastest (modelled, 42.1 J instead of 82.5 J)", text);
        Assert.Contains("round trip p50 25.6 us, p99 41 us", text);
        Assert.Contains("CPU       polling took 9.9 % of a CPU, 4,321 wake-ups a second; the CPU was another's for 1.5 %", text);
        Assert.Contains("its packet work takes 1.5 %, and so many sleeps by themselves 4.3 % (10 us each): polling took 1.7 times both", text);
        Assert.Contains("Asleep    88.6 % of the time in 64,815 waits, which ended late by p50 5.25 us   p99 60 us   p99.9 70 us   max 80 us", text);
        Assert.DoesNotContain("\u001b", text);
    }

    [Fact]
    public void A_packet_that_is_missing_is_shouted()
    {
        StringWriter output = new();
        SummaryText.Write(output, s_summary with { Accounted = false, Unaccounted = -1500 });

        Assert.Contains("NOT accounted for: offered - forwarded - dropped = -1,500", output.ToString());
    }

    [Fact]
    public void The_live_table_shows_the_snapshot_the_guests_last_lines_and_the_summary()
    {
        StringWriter output = new();
        IAnsiConsole console = Terminal(output, width: 100, height: 40);
        LiveTable table = new(console, new PlainLines(TextWriter.Null, TextWriter.Null));
        table.GuestLine("early [red]line[/] \u001b[2J");
        Report(table);

        Assert.Contains("2,600 MHz", output.ToString());
        Assert.Contains("guest: early [red]line[/] ?[2J", output.ToString());
        Assert.Contains("every packet is accounted for", output.ToString());
    }

    [Fact]
    public void A_live_table_without_a_sample_ends()
    {
        StringWriter output = new();
        IAnsiConsole console = Terminal(output, width: 80, height: 24);
        LiveTable table = new(console, new PlainLines(TextWriter.Null, TextWriter.Null));
        table.Show(s_header);
        table.Show(s_summary);

        Assert.Contains("Packets", output.ToString());
    }

    [Theory]
    [InlineData(null, null, "it is on fire.")]
    [InlineData(80, null, "it is on fire.")]
    [InlineData(80, 0, "it has 80 columns and 0 rows.")]
    [InlineData(0, 24, "it has 0 columns and 24 rows.")]
    [InlineData(-1, -1, "it has -1 columns and -1 rows.")]
    public void A_terminal_that_cannot_be_drawn_on_gets_lines_and_the_reason(int? width, int? height, string reason)
    {
        StringWriter output = new(), error = new();
        LiveTable table = new(Terminal(new BrokenOutput(output, width, height)), new PlainLines(output, error));
        table.Show(s_header);
        table.GuestLine("a line of the guest's");
        SpinWait.SpinUntil(() => table.Interval == TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)); // the pace of lines
        for (int second = 1; second <= 3; second++)
        {
            table.Show(s_snapshot with { ElapsedS = second });
        }

        table.Show(s_summary);

        Assert.Contains($"hoststub: the table cannot be drawn on this terminal: {reason}", error.ToString());
        Assert.Contains("guest: a line of the guest's", error.ToString());
        Assert.All(["   1.0     1.235", "   2.0     1.235", "   3.0     1.235", "every packet is accounted for"], text => Assert.Contains(text, output.ToString()));
    }

    [Fact]
    public void A_table_that_fails_at_the_last_draw_still_shows_every_sample()
    {
        StringWriter output = new();
        LiveTable table = new(Terminal(new BrokenOutput(output, 80, 0)), new PlainLines(output, TextWriter.Null));
        Report(table);

        Assert.Contains("   1.0     1.235", output.ToString());
        Assert.Contains("every packet is accounted for", output.ToString());
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.12345, "0.123")]
    [InlineData(1.2345, "1.23")]
    [InlineData(12.345, "12.3")]
    [InlineData(1234.5, "1,234")]
    [InlineData(double.NaN, "-")]
    [InlineData(double.PositiveInfinity, "-")]
    [InlineData(1e300, "1E+300")]
    public void Numbers_are_rounded_for_people(double value, string shown) => Assert.Equal(shown, Human.Round(value));

    private static IAnsiConsole Terminal(StringWriter output, int width, int height)
    {
        IAnsiConsole console = Terminal(new AnsiConsoleOutput(output));
        (console.Profile.Width, console.Profile.Height) = (width, height); // asked of the terminal otherwise, and this test may run without one
        return console;
    }

    private static IAnsiConsole Terminal(IAnsiConsoleOutput output) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = output });

    private static void Report(IReport reporter)
    {
        reporter.Show(s_header);
        reporter.Show(s_snapshot);
        reporter.Show(s_summary);
    }
}
