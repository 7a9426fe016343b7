using System.Text.Json;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.HostStub.Tests.Traffic.Pcap;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation.Tuning;

public sealed class TuneTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_search_comes_close_to_the_best_point_and_keeps_its_budget()
    {
        int scored = 0;
        TuneSearch search = new([0.9, 0.9], points =>
        {
            scored += points.Count;
            return [.. points.Select(p => new TuneScore(0, 1 + Math.Abs(p[0] - 0.3) + Math.Abs(p[1] - 0.6)))];
        });

        Assert.True(search.Run(80));
        Assert.True(search.BestScore!.Value.EnergyRatio < 1.03, $"{search.BestScore}");
        Assert.Equal(scored, search.Runs);
        Assert.InRange(scored, 40, 80);
    }

    [Fact]
    public void Invalid_settings_never_win()
    {
        TuneSearch search = new([0.5], points => [.. points.Select(p => new TuneScore(p[0] < 0.4 ? 1 : 0, 1 + p[0]))]);

        Assert.True(search.Run(60));
        Assert.InRange(search.Best[0], 0.4, 0.45);
    }

    [Fact]
    public void A_bad_setting_is_improved_and_the_text_says_how()
    {
        // Drain-time's defaults follow Poisson noise, which costs speed; the setting given is no option of that kind and stays.
        (int code, string output, _) = Simulate.Run(["--json", "--tune", "--tune-runs", "12", "--governor", "drain-time:high-water=0.8", "--traffic", "poisson-70", .. Simulate.ShortTwice]);
        JsonElement result = Simulate.Lines(output)[^1];
        string text = result.GetProperty("governor").GetString()!;

        Assert.Equal(0, code);
        Assert.Equal("summary", result.GetProperty("type").GetString());
        Assert.True(result.GetProperty("changed").GetBoolean(), output);
        Assert.StartsWith("drain-time:high-water=0.8,", text, StringComparison.Ordinal);
        Assert.True(ComparedGovernors.TryParse(text, out _, out string? error), error);
        Assert.StartsWith("new DrainTimeOptions { HighWater = 0.8, ", result.GetProperty("c_sharp").GetString(), StringComparison.Ordinal);
        Assert.InRange(result.GetProperty("runs").GetInt32(), 6, 12);
        Assert.True(result.GetProperty("best_train_ratio").GetDouble() < result.GetProperty("default_train_ratio").GetDouble());
        Assert.True(result.GetProperty("best_test").GetProperty("watts").GetDouble() < result.GetProperty("default_test").GetProperty("watts").GetDouble());
    }

    [Fact]
    public void Where_nothing_is_to_gain_the_defaults_are_kept()
    {
        (_, string output, _) = Simulate.Run(["--tune", "--tune-runs", "4", "--traffic", "sparse", .. Simulate.ShortTwice, "--line-rate", "1Mpps", "--delay-bound", "1ms"]);

        Assert.Contains("Keep what is given", output, StringComparison.Ordinal);
        Assert.Contains("optimal-available:delay-bound=1ms,peak=1000000", output, StringComparison.Ordinal);
        Assert.Contains("new OptimalAvailableOptions { DelayBound = TimeSpan.FromMicroseconds(1000), PeakPacketsPerSecond = 1000000 }", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_is_searched_in_its_first_half_and_tested_in_its_second()
    {
        File.WriteAllBytes(_file, CaptureWriter.PcapFile(CaptureWriter.Nano, 1, bigEndian: false, [.. Enumerable.Range(0, 60_000).Select(i => new CaptureWriter.Packet(9, (uint)(i * 1000), new byte[60]))]));
        (int code, string output, string error) = Simulate.Run("--json", "--tune", "--tune-runs", "3", "--seeds", "1", "--pcap", _file);
        JsonElement result = Simulate.Lines(output)[^1];

        Assert.True(code == 0, error);
        Assert.Equal("the second half of the capture", result.GetProperty("tested_on").GetString());
        Assert.Equal(1, result.GetProperty("best_test").GetProperty("runs").GetInt32());
    }

    [Fact]
    public void Every_tuned_option_is_one_of_the_catalog_in_its_range() => Assert.All(TunedGovernor.All, governor => Assert.All(governor.Options, option =>
    {
        Assert.All((double[])[0, 0.37, 1], at => Assert.True(ComparedGovernors.TryParse($"{governor.Name}:{option.Name}={option.Text(option.At(at))}", out _, out string? error), error));
        Assert.Equal(option.Default, option.At(option.Position(option.Default)), 3);
    }));

    [Fact]
    public void Every_option_has_a_property_of_its_governors_options() => Assert.All(ComparedGovernors.List.Entries, entry => Assert.All(
        entry.Options,
        option => Assert.NotNull(entry.OptionsType.GetProperty(option.Property))));
}
