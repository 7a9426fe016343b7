using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

/// <summary>Where simulate says that loss can be ruled out, nothing is lost: whatever the actuator, the channel, the governor and the traffic.</summary>
public class LossTruthTests
{
    private const string Promise = "loss can be ruled out";

    private static readonly string[] s_governors =
    [
        "optimal-available", "drain-time", "arrival-envelope", "threshold", "speed-scaling", "max", "min", "index:12", "optimal-available:peak=0", "optimal-available:peak=1e6",
        "optimal-available:actuator-latency=1us", "optimal-available:high-water=1", "drain-time:peak=0", "drain-time:actuator-latency=0us",
    ];

    private static readonly Gen<string> s_actuator =
        from time in Gen.Elements(0, 1, 10, 25, 30, 100, 250, 333, 500, 1000, 2000)
        from form in Gen.Elements("us", "us-delay", "us-grid")
        from execution in Gen.OneOf(Gen.Constant(0), Gen.Elements(1, 25, 30, 40, 100, 380, 480), Gen.Choose(1, 480))
        from stall in Gen.OneOf(Gen.Constant(0), Gen.Constant(0), Gen.Elements(1, 20, 100, 500))
        from motion in Gen.Elements("", "", ",jump=100us@20ms", ",then=500us@100ms")
        let grid = form == "us-grid"
        select $"{(grid ? Math.Max(time, 10) : time)}{form}{(grid && execution > 0 ? $"+{execution}us" : "")}{(stall > 0 ? $"/{stall}us" : "")}{(grid && time > 100 && time < 20000 ? motion : "")}";

    private static readonly Gen<string[]> s_case =
        from actuator in s_actuator
        from governors in Gen.ArrayOf(Gen.Elements(s_governors), 2)
        from traffic in Gen.Elements("square", "adversary", "step", "mmpp2", "on-off", "imix", "cbr-50", "microburst", "schedule:rate=3.39Mpps,line=none,pairs=1500us/900us/700us/2ms")
        from ring in Gen.Elements(128, 512, 1024, 4096)
        from line in Gen.Elements(null, null, "1Mpps", "3.39Mpps")
        from channel in Gen.Elements("direct", "direct", "direct:50us", "virtio-serial")
        select (string[])
        [
            "--actuator", actuator, "--governor", governors[0], "--governor", governors[1], "--traffic", traffic, "--ring", $"{ring}", "--channel", channel, .. line is null ? [] : (string[])["--line-rate", line],
            "--seeds", "1", "--duration", "200ms", "--warmup", "60ms", "--delay-bound", "2ms", "--json",
        ];

    [Fact]
    public void What_is_promised_is_kept() => Draw.Check(Arb.From(s_case), arguments =>
    {
        (int code, string output, string error) = Simulate.Run(arguments);
        Assert.True(code == 0, error);
        IReadOnlyList<JsonElement> lines = Simulate.Lines(output);
        JsonElement[] rows = [.. lines.Where(line => line.GetProperty("type").GetString() == "sample")];
        bool anyLoses = rows.Any(row => row.GetProperty("lost").GetInt64() > 0);
        JsonElement[] broken = [.. rows.Where(row => (row.GetProperty("loss_free").GetBoolean() && row.GetProperty("lost").GetInt64() > 0)
            || (row.GetProperty("delay_kept").GetBoolean() && row.GetProperty("over_bound").GetInt64() > Math.Max(32, 1e-3 * row.GetProperty("offered").GetInt64())))];
        return broken.Length > 0 ? $"{broken[0]}\n{string.Join(' ', arguments)}"
            : anyLoses && (lines[0].GetProperty("loss_free").GetBoolean() || Promises(lines[0].GetProperty("certificate").GetString()!)) ? $"{lines[0]}\n{string.Join(' ', arguments)}"
            : null;
    }, 100, seed: 1);

    [Theory]
    [InlineData("30us", "50us")]
    [InlineData("30us", "100us")]
    [InlineData("100us-delay", "50us")]
    public void A_call_that_outlasts_the_actuators_slot_breaks_no_promise(string actuator, string call)
    {
        string output = Simulate.Run(
            "--governor", "optimal-available:high-water=1", "--traffic", "square,adversary", "--actuator", actuator, "--channel", $"direct:{call}", "--ring", "1024", "--line-rate", "3.39Mpps",
            "--seeds", "3", "--duration", "500ms", "--warmup", "60ms", "--delay-bound", "2ms", "--json").Output;
        Assert.All(
            Simulate.Lines(output).Where(line => line.GetProperty("type").GetString() == "sample"),
            row => Assert.Equal((true, 0), (row.GetProperty("loss_free").GetBoolean(), row.GetProperty("lost").GetInt32())));
    }

    [Theory]
    [InlineData("500us-grid+40us")]
    [InlineData("500us-grid+30us")]
    [InlineData("500us-grid+100us")]
    [InlineData("500us-grid+380us")]
    [InlineData("1ms-grid+380us")]
    [InlineData("500us/100us")]
    [InlineData("30us/10us")]
    [InlineData("500us-grid+20us..50us,jump=230us@70ms")]
    [InlineData("500us-grid,then=250us@300ms")]
    [InlineData("0us..500us-delay/30us")]
    public void What_is_promised_of_execution_stalls_and_moving_edges_is_kept(string actuator)
    {
        string output = Simulate.Run(
            "--governor", "optimal-available,drain-time", "--traffic", "square,adversary", "--seeds", "2", "--duration", "500ms", "--warmup", "100ms", "--actuator", actuator, "--delay-bound", "4ms", "--json").Output;
        Assert.All(Simulate.Lines(output).Where(line => line.GetProperty("type").GetString() == "sample"), row =>
        {
            bool bounds = row.GetProperty("governor").GetString() == "optimal-available";
            Assert.Equal((true, 0, bounds), (row.GetProperty("loss_free").GetBoolean(), row.GetProperty("lost").GetInt32(), row.GetProperty("delay_kept").GetBoolean()));
            Assert.True(!bounds || row.GetProperty("over_bound").GetInt64() <= 1e-3 * row.GetProperty("offered").GetInt64(), row.ToString());
        });
    }

    [Theory]
    [InlineData("500us")]
    [InlineData("1ms")]
    [InlineData("30us")]
    [InlineData("500us-delay")]
    public void What_the_rule_covers_is_promised_and_is_said_to_be_about_loss_only(string actuator)
    {
        string output = Simulate.Run("--governor", "optimal-available,max", "--traffic", "square", "--seeds", "1", "--duration", "300ms", "--warmup", "100ms", "--actuator", actuator, "--delay-bound", "2ms").Output;
        Assert.Contains("Loss can be ruled out: ", output, StringComparison.Ordinal);
        Assert.Contains("not about delay", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_slowest_p_state_promises_nothing()
    {
        string output = Simulate.Run("--governor", "min", "--traffic", "square", "--seeds", "1", "--duration", "100ms", "--warmup", "10ms").Output;
        Assert.False(Promises(output), output);
    }

    [Theory]
    [InlineData("imix", false)]
    [InlineData("cbr-50", true)]
    public void Traffic_that_does_not_keep_to_its_own_peak_is_promised_nothing(string traffic, bool promised)
    {
        string output = Simulate.Run("--governor", "optimal-available", "--traffic", traffic, "--actuator", "30us-delay", "--seeds", "1", "--duration", "100ms", "--warmup", "30ms", "--json").Output;
        Assert.Equal(promised, Simulate.Lines(output).Single(line => line.GetProperty("type").GetString() == "sample").GetProperty("loss_free").GetBoolean());
    }

    private static bool Promises(string text) => text.Contains(Promise, StringComparison.OrdinalIgnoreCase);
}
