using System.Text.Json;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

public class FrontierTests
{
    private static readonly string[] s_short = ["--frontier", "--traffic", "poisson-70", "--actuator", "30us", "--seeds", "1", "--duration", "60ms", "--warmup", "30ms", "--jobs", "1"];

    [Fact]
    public void Power_falls_as_the_delay_bound_grows_and_the_knee_is_among_the_bounds()
    {
        (int code, string output, string error) = Simulate.Run(["--json", "--governor", "max,min", .. s_short]);
        JsonElement result = Simulate.Lines(output)[^1];
        JsonElement[] points = [.. result.GetProperty("points").EnumerateArray()];
        JsonElement[] curve = [.. points.Where(point => point.GetProperty("delay_bound_us").ValueKind == JsonValueKind.Number)];

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("summary", result.GetProperty("type").GetString());
        Assert.True(curve.Length >= 8);
        Assert.Equal(curve.Select(point => Number(point, "delay_bound_us")).Order(), curve.Select(point => Number(point, "delay_bound_us")));
        Assert.True(Number(curve[^1], "watts") < Number(curve[0], "watts"));
        Assert.Equal(Number(result, "knee_us"), Number(Assert.Single(curve, point => point.GetProperty("knee").GetBoolean()), "delay_bound_us"));
    }

    [Fact]
    public void At_the_delay_of_another_that_loses_nothing_the_curve_is_compared_with_it()
    {
        (_, string output, _) = Simulate.Run(["--json", "--governor", "index:4", "--governor", "min", .. s_short]);
        JsonElement result = Simulate.Lines(output)[^1];
        JsonElement[] points = [.. result.GetProperty("points").EnumerateArray()];
        JsonElement held = Assert.Single(points, point => Text(point) == "index:4"), lossy = Assert.Single(points, point => Text(point) == "min");

        Assert.True(Number(lossy, "excess_loss") > 0);
        Assert.Equal(JsonValueKind.Null, lossy.GetProperty("curve_over_this").ValueKind);
        if (held.GetProperty("curve_bound_us").ValueKind == JsonValueKind.Number)
        {
            JsonElement at = Assert.Single(points, point => point.GetProperty("delay_bound_us").ValueKind == JsonValueKind.Number && Number(point, "delay_bound_us") == Number(held, "curve_bound_us"));
            Assert.True(Number(at, "delay_p99_us") <= Number(held, "delay_p99_us"));
            Assert.Equal(Number(at, "watts") / Number(held, "watts"), Number(held, "curve_over_this"), 9);
        }
    }

    [Fact]
    public void Tables_mark_the_knee_and_say_the_most()
    {
        (int code, string output, _) = Simulate.Run(["--governor", "threshold", .. s_short]);
        Assert.Equal(0, code);
        Assert.Contains("optimal-available by delay bound", output, StringComparison.Ordinal);
        Assert.Contains("knee", output, StringComparison.Ordinal);
        Assert.Contains("curve/it", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--delay-bound", "1ms")]
    [InlineData("--governor", "optimal-available:delay-bound=1ms")]
    [InlineData("--tune", "--json")]
    public void It_tries_bounds_of_its_own(string option, string value)
    {
        (int code, _, string error) = Simulate.Run([option, value, .. s_short]);
        Assert.Equal(1, code);
        Assert.Contains("--frontier tries delay bounds of its own", error, StringComparison.Ordinal);
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static string? Text(JsonElement point) => point.GetProperty("governor").GetString();
}
