using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Frequency;
using Xunit;

namespace PollScale.HostStub.Tests.Frequency;

public class PStateFileTests
{
    private const string Good = """
        { "name": "n", "source": "s", "transition_latency_ns": 20000,
          "p_states": [ { "khz": 3000000, "static_w": 1, "dynamic_w": 4.5 }, { "khz": 1000000, "static_w": 1, "dynamic_w": 0.5 } ] }
        """;

    private const string Sleepy = """
        { "name": "n", "source": "s", "transition_latency_ns": 20000, "p_states": [ { "khz": 1000000, "static_w": 1, "dynamic_w": 0.5 } ],
          "idle_states": [ { "name": "C1", "power_w": 0.9, "exit_latency_ns": 2000, "least_residency_ns": 3000, "source": "datasheet" },
            { "name": "C6", "power_w": 0.1, "exit_latency_ns": 133000, "least_residency_ns": 600000, "source": "measured" } ] }
        """;

    [Fact]
    public void The_built_in_model_has_21_P_states_and_5_5_watts_at_the_fastest()
    {
        PStateModel model = PStateFile.Default();

        Assert.Equal(21, model.PStates.Count);
        Assert.Equal(20_000u, model.TransitionLatencyNs);
        Assert.Equal(5.5, model.PStates[0].Watts, 9);
        Assert.Equal(1_000_000u, model.ToTable()[20]);
    }

    [Fact]
    public void The_built_in_watts_follow_frequency_times_voltage_squared()
    {
        Assert.All(PStateFile.Default().PStates, p =>
        {
            double gHz = p.KHz / 1e6;
            double volts = 0.70 + ((gHz - 1) * 0.175);
            Assert.Equal(0.9 + (4.6 * (gHz / 3) * Math.Pow(volts / 1.05, 2)), p.Watts, 0.0001);
        });
    }

    [Fact]
    public void The_file_beside_the_program_equals_the_built_in_one()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "PStates", "synthetic-server-core.json");

        Assert.Equal(PStateFile.Default().PStates, PStateFile.Load(file).PStates);
    }

    [Fact]
    public void A_good_file_is_read_with_or_without_a_byte_order_mark()
    {
        Assert.Equal(2, Parse(Good).PStates.Count);
        Assert.Equal(2, Parse("\uFEFF" + Good).PStates.Count);
    }

    [Fact]
    public void Idle_states_are_read_and_may_be_left_out()
    {
        Assert.Equal([new IdleStateEntry("C1", 0.9, 2000, 3000, "datasheet"), new IdleStateEntry("C6", 0.1, 133_000, 600_000, "measured")], Parse(Sleepy).IdleStates);
        Assert.Empty(Parse(Good).IdleStates);
        Assert.Empty(PStateFile.Default().IdleStates);
    }

    [Fact]
    public void The_example_has_the_idle_states_of_a_server()
    {
        PStateModel model = PStateFile.Load(Path.Combine(AppContext.BaseDirectory, "examples", "idle-states.json"));
        Assert.Equal(PStateFile.Default().PStates, model.PStates);
        Assert.Equal(["C1", "C1E", "C6"], model.IdleStates.Select(state => state.Name));
        Assert.All(model.IdleStates, state => Assert.Contains("intel_idle", state.Source, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.1, \"exit", "0.9, \"exit", "idle_states[1].power_w is 0.9; it must be below the entry before it (0.9)")]
    [InlineData("0.9, \"exit", "1.6, \"exit", "idle_states[0].power_w is 1.6; it must be at most what the slowest P-state draws (1.5)")]
    [InlineData("0.9, \"exit", "-1, \"exit", "idle_states[0].power_w is -1; it must be a number")]
    [InlineData("133000", "1999", "idle_states[1].exit_latency_ns is 1999; it must not be below the entry before it (2000): list the shallowest first")]
    [InlineData("133000", "133000.5", "idle_states[1].exit_latency_ns is 133000.5; it must be a whole number")]
    [InlineData("133000", "600001", "idle_states[1].least_residency_ns is 600000; it must be exit_latency_ns (600001) or more")]
    [InlineData("3000, \"source\": \"d", "600000, \"source\": \"d", "idle_states[1].least_residency_ns is 600000; it must be above the entry before it (600000)")]
    [InlineData("600000", "1000000001", "idle_states[1].least_residency_ns is 1000000001; it must be a whole number")]
    [InlineData("\"C6\"", "\"\"", "idle_states[1].name is")]
    [InlineData(", \"source\": \"measured\"", "", "idle_states[1].source is missing")]
    [InlineData("\"C6\",", "\"C6\", \"volt\": 1,", "idle_states[1].volt is unknown")]
    [InlineData("\"idle_states\"", "\"idle_state\"", "idle_state is unknown")]
    [InlineData("\"idle_states\": [", "\"idle_states\": [ 7,", "idle_states[0] is 7; it must be an object")]
    public void A_broken_rule_of_idle_states_is_named_with_its_field_and_value(string part, string replacement, string message)
    {
        Assert.Contains(part, Sleepy, StringComparison.Ordinal);
        Assert.StartsWith($"origin.json: {message}", Assert.Throws<PStateFileException>(() => Parse(Sleepy.Replace(part, replacement, StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void The_number_of_idle_states_is_bounded(int count)
    {
        string states = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""{ "name": "C", "power_w": {{10 - i}}e-2, "exit_latency_ns": 0, "least_residency_ns": {{i}}, "source": "s" }"""));
        string text = Good.TrimEnd()[..^1] + $", \"idle_states\": [{states}] }}";
        Assert.Contains($"idle_states has {count} entries; allowed: 1 to 10", Assert.Throws<PStateFileException>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"khz\": 1000000", "\"khz\": 3000000", "p_states[1].khz is 3000000")]
    [InlineData("\"khz\": 1000000", "\"khz\": 0", "p_states[1].khz is 0")]
    [InlineData("\"khz\": 1000000", "\"khz\": 1.5", "p_states[1].khz is 1.5")]
    [InlineData("\"khz\": 1000000", "\"khz\": -1", "p_states[1].khz is -1")]
    [InlineData("\"khz\": 1000000", "\"khz\": 99999999999999999999", "p_states[1].khz is 99999999999999999999")]
    [InlineData("\"khz\": 1000000", "\"khz\": \"1000000\"", "p_states[1].khz is \"1000000\"")]
    [InlineData("\"khz\": 1000000,", "", "p_states[1].khz is missing")]
    [InlineData("\"dynamic_w\": 4.5", "\"dynamic_w\": 1e999", "p_states[0].dynamic_w is 1e999")]
    [InlineData("\"dynamic_w\": 4.5", "\"dynamic_w\": -0.1", "p_states[0].dynamic_w is -0.1")]
    [InlineData("\"dynamic_w\": 4.5", "\"dynamic_w\": null", "p_states[0].dynamic_w is null")]
    [InlineData("\"static_w\": 1, \"dynamic_w\": 4.5", "\"static_w\": 0, \"dynamic_w\": 0", "static_w + dynamic_w must be above 0")]
    [InlineData("20000", "1000000001", "transition_latency_ns is 1000000001")]
    [InlineData("\"name\": \"n\"", "\"name\": \"\"", "name is \"\"")]
    [InlineData("\"name\": \"n\"", "\"name\": \"a\\u001b[2J\"", "name is")]
    [InlineData("\"name\": \"n\"", "\"name\": \"\\ud800\"", "name is")]
    [InlineData("\"name\": \"n\"", "\"name\": \"n\", \"name\": \"m\"", "not valid JSON")]
    [InlineData("\"name\": \"n\"", "\"name\": \"n\", \"volt\": 1", "volt is unknown")]
    [InlineData("\"static_w\": 1, \"dynamic_w\": 4.5", "\"watt\": 1", "p_states[0].watt is unknown")]
    [InlineData("}, {", "}, 7, {", "p_states[1] is 7")]
    [InlineData("[ {", "[] , [ {", "not valid JSON")]
    [InlineData("{ \"name\"", "[ \"name\"", "not valid JSON")]
    public void A_broken_rule_is_named_with_its_field_and_value(string part, string replacement, string message)
    {
        int at = Good.IndexOf(part, StringComparison.Ordinal);
        Assert.True(at >= 0);
        PStateFileException e = Assert.Throws<PStateFileException>(() => Parse(Good[..at] + replacement + Good[(at + part.Length)..]));

        Assert.StartsWith("origin.json: ", e.Message);
        Assert.Contains(message, e.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"p_states\"")]
    public void Anything_but_an_object_with_the_fields_is_refused(string text) => Assert.Throws<PStateFileException>(() => Parse(text));

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void The_number_of_P_states_is_bounded(int count)
    {
        string entries = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""{ "khz": {{1000 - i}}, "static_w": 1, "dynamic_w": 1 }"""));
        PStateFileException e = Assert.Throws<PStateFileException>(
            () => Parse($$"""{ "name": "n", "source": "s", "transition_latency_ns": 0, "p_states": [{{entries}}] }"""));

        Assert.Contains($"p_states has {count} entries; allowed: 1 to 64", e.Message);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_but_never_crash()
    {
        Prop.ForAll<(ushort At, byte Value, byte Kind)[], bool>((edits, sleepy) =>
        {
            List<byte> bytes = [.. Encoding.UTF8.GetBytes(sleepy ? Sleepy : Good)];
            foreach ((ushort at, byte value, byte kind) in edits.Take(8))
            {
                int index = at % bytes.Count;
                switch (kind % 4)
                {
                    case 0: bytes[index] = value; break;
                    case 1: bytes.Insert(index, value); break;
                    case 2 when bytes.Count > 1: bytes.RemoveAt(index); break;
                    default: bytes.InsertRange(index, bytes.GetRange(0, Math.Min(index, 40))); break;
                }
            }

            try
            {
                PStateModel model = PStateFile.Parse(bytes.ToArray(), "fuzz");
                Assert.InRange(model.ToTable().Count, 1, 64);
                Assert.All(model.PStates, p => Assert.True(double.IsFinite(p.Watts) && p.Watts > 0));
                Assert.All(model.IdleStates, s => Assert.True(s.Watts <= model.PStates[^1].Watts && s.LeastResidencyNs >= s.ExitLatencyNs));
            }
            catch (PStateFileException e)
            {
                Assert.StartsWith("fuzz: ", e.Message);
                Assert.True(e.Message.Length < 600);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Theory]
    [InlineData("/nonexistent/p.json")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_file_that_cannot_be_read_says_so(string path) =>
        Assert.Contains("cannot be read", Assert.Throws<PStateFileException>(() => PStateFile.Load(path)).Message);

    [Fact]
    public void An_endless_file_is_refused_without_reading_it_all() =>
        Assert.Contains("a device", Assert.Throws<PStateFileException>(() => PStateFile.Load("/dev/zero")).Message);

    private static PStateModel Parse(string text) => PStateFile.Parse(Encoding.UTF8.GetBytes(text), "origin.json");
}
