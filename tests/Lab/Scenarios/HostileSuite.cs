using System.Text.Json;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>The suites that run guests, and those of a guest's memory, in L1: here the stubs really run at CPL 0.</summary>
[Collection(HostileMachine.Collection)]
public class HostileSuite(HostileMachine machine)
{
    private const int Seconds = 520;

    [Fact]
    public void Hostile_guests_end_as_they_must() => Check("hoststub_tests -class '*.Hostile.*'", least: 259);

    [Fact]
    public void A_guests_memory_is_read_and_written_as_it_may_be() => Check("microvm_tests -class '*AddressSpace*'", least: 6);

    private void Check(string suite, int least)
    {
        LabResult run = machine.Run($"{suite} -result-ctrf /tmp/report.json >&2; status=$?; cat /tmp/report.json; exit $status", Seconds);

        JsonElement results = Parse(run).GetProperty("results");
        List<string> failures = [], skips = [];
        int passed = 0;
        foreach (JsonElement test in results.GetProperty("tests").EnumerateArray())
        {
            string name = test.GetProperty("name").GetString()!;
            string message = test.TryGetProperty("message", out JsonElement text) ? text.GetString() ?? "" : "";
            switch (test.GetProperty("status").GetString())
            {
                case "passed":
                    passed++;
                    break;
                case "skipped":
                    skips.Add($"{name}: {message}");
                    break;
                default:
                    failures.Add($"{name}:\n{message}");
                    break;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{passed} passed; skipped:\n{string.Join('\n', skips)}");
        Assert.True(failures.Count == 0, $"{failures.Count} failed in L1:\n{string.Join("\n\n", failures)}");
        Assert.True(passed >= least, $"only {passed} tests passed; skipped:\n{string.Join('\n', skips)}");
        run.Expect();
    }

    private static JsonElement Parse(LabResult run)
    {
        try
        {
            return JsonDocument.Parse(run.Output).RootElement;
        }
        catch (JsonException)
        {
            Assert.Fail($"The suite left no report.\n{run}");
            throw;
        }
    }
}
