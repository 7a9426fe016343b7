using System.Text.Json;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Tests.Traffic.Pcap;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

public sealed class SimulateTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Oracle_valid_governors_and_the_fastest_are_in_this_order()
    {
        (int code, string output, string error) = Simulate.Run(["--json", "--governor", "optimal-available,drain-time,max,min", "--traffic", "poisson-70,cbr-50", .. Simulate.Short]);
        IReadOnlyList<JsonElement> lines = Simulate.Lines(output);
        JsonElement[] rows = [.. lines.Where(line => Text(line, "type") == "sample")];

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("start", Text(lines[0], "type"));
        Assert.Contains("could rule out loss", Text(lines[0], "certificate"), StringComparison.Ordinal);
        Assert.Equal("summary", Text(lines[^1], "type"));
        Assert.Equal(8, rows.Length);
        Assert.All(rows.Where(row => row.GetProperty("valid").GetBoolean()), row =>
        {
            Assert.True(Number(row, "oracle_j") <= Number(row, "energy_j") * (1 + 1e-3), row.ToString());
            Assert.True(Number(row, "energy_j") <= Number(row, "max_j") * (1 + 1e-9), row.ToString());
        });
        Assert.All(rows, row => Assert.Equal(1, row.GetProperty("residency").EnumerateArray().Sum(share => share.GetDouble()), 9));
        Assert.Contains(rows, row => Text(row, "governor") == "optimal-available" && row.GetProperty("valid").GetBoolean() && Number(row, "saved_share") > 0.2);
    }

    [Fact]
    public void What_loses_packets_is_invalid_and_left_out_of_the_mean()
    {
        (_, string output, _) = Simulate.Run(["--json", "--governor", "min", "--traffic", "poisson-70,sparse", .. Simulate.Short]);
        IReadOnlyList<JsonElement> lines = Simulate.Lines(output);
        JsonElement lossy = lines[1], sparse = lines[2], summary = lines[3].GetProperty("governors")[0];

        Assert.False(lossy.GetProperty("valid").GetBoolean());
        Assert.True(Number(lossy, "excess_loss") > 0);
        Assert.True(sparse.GetProperty("valid").GetBoolean());
        Assert.Equal((1, 2), (summary.GetProperty("invalid_workloads").GetInt32(), summary.GetProperty("workloads").GetInt32()));
        Assert.Equal(Number(sparse, "energy_over_oracle"), Number(summary, "energy_ratio"), 9);
        Assert.Equal(Number(lossy, "lost"), Number(summary, "lost"));
    }

    [Fact]
    public void Each_run_is_compared_with_the_best_other_that_is_valid()
    {
        (_, string output, _) = Simulate.Run(["--json", "--governor", "max,min", "--governor", "index:19", "--traffic", "poisson-70,sparse", .. Simulate.Short]);
        Dictionary<string, JsonElement> rows = Simulate.Lines(output).Where(line => Text(line, "type") == "sample").ToDictionary(row => $"{Text(row, "governor")} {Text(row, "workload")}");

        Assert.Equal("max", Text(rows["min poisson-70"], "best"));
        Assert.Equal("index:19", Text(rows["min sparse"], "best"));
        Assert.Equal("min", Text(rows["max sparse"], "best"));
        Assert.Equal(Number(rows["max sparse"], "energy_j") / Number(rows["min sparse"], "energy_j"), Number(rows["max sparse"], "energy_over_best"), 9);
    }

    [Fact]
    public void Tables_show_losses_beside_energy_and_mark_what_is_invalid()
    {
        (int code, string output, string error) = Simulate.Run(["--governor", "min", "--traffic", "poisson-70,sparse", .. Simulate.Short]);

        Assert.Equal(0, code);
        Assert.Contains("simulate: poisson-70 (1 of 2)", error, StringComparison.Ordinal);
        Assert.Contains("Lambda", output, StringComparison.Ordinal);
        Assert.Contains("NO, 1 of 1", output, StringComparison.Ordinal);
        Assert.Contains("NO, 1 of 2 left out", output, StringComparison.Ordinal);
        Assert.Matches(@"All workloads(.|\n)*E/oracle.*lost +excess", output);
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_workload_says_whether_loss_can_be_ruled_out_and_where_no_core_keeps_the_bounds()
    {
        string[] arguments = ["--governor", "optimal-available,max", "--traffic", "poisson-70,microburst", "--ring", "128", .. Simulate.Short];
        (_, string output, _) = Simulate.Run(arguments);
        JsonElement[] rows = [.. Simulate.Lines(Simulate.Run(["--json", .. arguments]).Output).Where(line => Text(line, "type") == "sample")];
        JsonElement steady = rows[0], bursts = rows[2];

        Assert.Matches(@"Lambda \d+\.\d\d, loss cannot be ruled out \(it can from P-state \d+, or with a ring of \d+\); the delay bound .*: optimal-available\.", output);
        Assert.Contains("More may arrive than the fastest P-state serves", output, StringComparison.Ordinal);
        Assert.Matches(@"No core can keep the bounds in [\d,]+ stretches of up to [\d,]+ us, the first at 0\.0\d\d s of seed 1", output);
        Assert.True(Number(steady, "lambda") > 1 && steady.GetProperty("floor_p_state").GetInt32() is > 0 and < 20 && Number(steady, "smallest_ring") >= 256, steady.ToString());
        Assert.Equal((false, 0), (steady.GetProperty("loss_free").GetBoolean(), Number(steady, "infeasible_stretches")));
        Assert.Equal(JsonValueKind.Null, bursts.GetProperty("lambda").ValueKind);
        Assert.True(Number(bursts, "infeasible_stretches") > 0 && Number(bursts, "unservable_packets") > 0 && !bursts.GetProperty("feasible").GetBoolean());
    }

    [Fact]
    public void Costs_that_vary_are_the_same_each_time_and_withhold_what_is_promised()
    {
        string[] arguments = ["--json", "--governor", "optimal-available", "--traffic", "poisson-30", "--costs", "flows:count=4+steps:time=5ms+steal", .. Simulate.Short];
        (_, string output, _) = Simulate.Run(arguments);
        JsonElement[] lines = [.. Simulate.Lines(output)];

        Assert.Equal(output, Simulate.Run(arguments).Output);
        Assert.Equal("flows:count=4+steps:time=5ms+steal", Text(lines[0], "costs"));
        Assert.False(lines[0].GetProperty("loss_free").GetBoolean() || lines[0].GetProperty("delay_kept").GetBoolean());
        Assert.Contains("no kind of cost", Simulate.Run(["--costs", "dear", .. Simulate.Short]).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 60, 20_000)]
    [InlineData("4", 60, 5_000)]
    [InlineData("1", 1514, 20_000)]
    public void A_captures_speed_and_frame_lengths_count(string speed, int bytes, double lastUs)
    {
        File.WriteAllBytes(_file, CaptureWriter.PcapFile(CaptureWriter.Nano, 1, bigEndian: false, [.. Enumerable.Range(0, 20_001).Select(i => new CaptureWriter.Packet(9, (uint)(i * 1000), new byte[bytes]))]));
        string[] arguments = ["--json", "--governor", "max", "--seeds", "1", "--warmup", "0", "--pcap", _file, "--pcap-speed", speed];
        JsonElement[] same = [.. Simulate.Lines(Simulate.Run(arguments).Output)], bySize = [.. Simulate.Lines(Simulate.Run([.. arguments, "--costs", "size:factor=3"]).Output)];

        Assert.Equal(lastUs / 1e6, Number(same[0], "duration_s"), 4);
        Assert.Equal(bytes <= 64, Number(bySize[1], "mean_delay_us") == Number(same[1], "mean_delay_us"));
    }

    [Fact]
    public void A_sleeping_lcore_draws_what_it_is_said_to()
    {
        string[] arguments = ["--json", "--governor", "pmd-sleep,max", "--traffic", "sparse", .. Simulate.Short];
        JsonElement[] usual = [.. Simulate.Lines(Simulate.Run(arguments).Output)], frugal = [.. Simulate.Lines(Simulate.Run([.. arguments, "--idle-power", "0.1"]).Output)];

        Assert.Equal((0.9, 0.1), (Math.Round(Number(usual[0], "idle_watts"), 2), Number(frugal[0], "idle_watts")));
        Assert.InRange(Number(usual[1], "asleep_share"), 0.9, 0.999);
        Assert.Equal(0, Number(usual[2], "asleep_share"));
        double asleep = Number(usual[1], "asleep_share");
        Assert.Equal((5.5 * (1 - asleep)) + (0.1 * asleep), Number(frugal[1], "watts"), 6);
        Assert.Equal(Number(usual[2], "energy_j"), Number(frugal[2], "energy_j"));
        (int code, _, string error) = Simulate.Run([.. arguments, "--idle-power", "1.7"]);
        Assert.Equal(1, code);
        Assert.Matches(@"polls at the\s+slowest\s+P-state\s+draws\s+1\.581\s+W", error);
    }

    [Fact]
    public void Idle_states_of_a_file_are_told_and_slept_in()
    {
        string[] arguments = ["--governor", "pmd-sleep,max", "--traffic", "sparse", "--pstates", Path.Combine(AppContext.BaseDirectory, "examples", "idle-states.json"), .. Simulate.Short];
        JsonElement[] lines = [.. Simulate.Lines(Simulate.Run(["--json", .. arguments]).Output)], states = [.. lines[0].GetProperty("idle_states").EnumerateArray()];

        Assert.Equal([("C1", 1.1, 2.0, 2.0), ("C1E", 0.6, 10.0, 20.0), ("C6", 0.1, 133.0, 600.0)],
            states.Select(state => (Text(state, "name"), Number(state, "watts"), Number(state, "exit_latency_us"), Number(state, "least_residency_us"))));
        Assert.All(states, state => Assert.Contains("intel_idle", Text(state, "source"), StringComparison.Ordinal));
        double[] idle = [.. lines[1].GetProperty("idle_residency").EnumerateArray().Select(share => share.GetDouble())];
        Assert.Equal(Number(lines[1], "asleep_share"), idle.Sum(), 9);
        Assert.InRange(idle[1], 0.5, 1);
        Assert.Equal(0, idle[2]);
        Assert.Equal((5.5 * (1 - idle.Sum())) + (1.1 * idle[0]) + (0.6 * idle[1]), Number(lines[1], "watts"), 6);
        Assert.Matches(@"1\.1\s+W\s+in\s+C1\s+\(waits\s+of\s+2\s+us\s+or\s+more,\s+2\s+us\s+later\),\s+0\.6\s+W\s+in\s+C1E", Simulate.Run(arguments).Output);
    }

    [Fact]
    public void The_same_command_line_gives_the_same_result()
    {
        string[] arguments = ["--json", "--governor", "optimal-available", "--traffic", "mmpp2", .. Simulate.Short];

        Assert.Equal(Simulate.Run(arguments).Output, Simulate.Run([.. arguments, "--jobs", "1"]).Output);
    }

    [Fact]
    public void An_interrupt_ends_it_with_what_is_done()
    {
        using Interrupt interrupt = new();
        interrupt.Raise();
        (int code, string output, _) = Simulate.Run(interrupt, ["--json", "--governor", "max", .. Simulate.Short]);
        (int tables, string text, _) = Simulate.Run(interrupt, ["--governor", "max", .. Simulate.Short]);
        (int tuned, string verdict, _) = Simulate.Run(interrupt, ["--tune", "--traffic", "sparse", .. Simulate.ShortTwice]);

        Assert.Equal((130, 130), (code, tables));
        Assert.True(Simulate.Lines(output)[^1].GetProperty("interrupted").GetBoolean());
        Assert.Contains("Interrupted", text, StringComparison.Ordinal);
        Assert.Equal(130, tuned);
        Assert.Contains("Interrupted: 0 settings tried", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_gives_the_arrivals()
    {
        // 1 Mpps for 40 ms.
        File.WriteAllBytes(_file, CaptureWriter.PcapFile(CaptureWriter.Nano, 1, bigEndian: false, [.. Enumerable.Range(0, 40_000).Select(i => new CaptureWriter.Packet(9, (uint)(i * 1000), new byte[60]))]));
        (int code, string output, string error) = Simulate.Run("--json", "--governor", "max", "--seeds", "1", "--warmup", "0", "--pcap", _file);
        JsonElement row = Simulate.Lines(output)[1];

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(40_000, Number(row, "offered"));
        Assert.Equal(Path.GetFileName(_file), Text(row, "workload"));
        Assert.Equal(0.04, Number(Simulate.Lines(output)[0], "duration_s"), 3);
        Assert.Equal(1e6, Number(Simulate.Lines(output)[0], "line_rate"), 1e4);
    }

    [Fact]
    public void A_capture_that_cannot_be_used_is_refused()
    {
        File.WriteAllBytes(_file, CaptureWriter.PcapFile(CaptureWriter.Nano, 1, bigEndian: false, new CaptureWriter.Packet(9, 0, new byte[60]), new CaptureWriter.Packet(9, 5000, new byte[60])));
        (int code, _, string error) = Simulate.Run("--pcap", _file);

        Assert.Equal(1, code);
        Assert.Contains("spans 5us", error, StringComparison.Ordinal);
        File.WriteAllText(_file, "no capture");
        Assert.Equal(1, Simulate.Run("--pcap", _file).Code);
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static double Number(JsonElement line, string name) => line.GetProperty(name).GetDouble();
}
