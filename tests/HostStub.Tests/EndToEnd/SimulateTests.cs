using System.Diagnostics;
using System.Text.Json;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>A hoststub simulate process that is sent Ctrl-C.</summary>
public class SimulateTests
{
    private const int SIGINT = 2;

    // The first workload is soon done; the second would take minutes.
    private static readonly string[] s_workloads = ["--seeds", "1", "--duration", "1000s", "--warmup", "0", "--traffic", "sparse:rate=1pps", "--traffic", "poisson:rate=90%"];

    [Fact]
    public void Ctrl_C_writes_the_runs_that_are_done_and_how_many_there_were_to_do()
    {
        using Process process = HostStubProcess.StartSimulate(["--json", "--governor", "max,min", "--decision-period", "1ms", .. s_workloads]);
        string[] first = [.. Enumerable.Range(0, 3).Select(_ => process.StandardOutput.ReadLine() ?? "")];

        Assert.Equal(0, LibC.kill(process.Id, SIGINT));
        HostStubProcess.Result run = HostStubProcess.Finish(process);

        Assert.True(run.ExitCode == 130, run.Error + run.Output);
        Assert.Equal(["start", "sample", "sample"], first.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()));
        Assert.True(run.Summary.GetProperty("interrupted").GetBoolean());
        Assert.Equal((2, 4), (run.Summary.GetProperty("runs").GetInt32(), run.Summary.GetProperty("planned_runs").GetInt32()));
        Assert.Equal(2, run.Summary.GetProperty("governors").GetArrayLength());
        Assert.Contains("interrupted after 2 of 4 runs", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_shows_the_tables_of_the_runs_that_are_done()
    {
        using Process process = HostStubProcess.StartSimulate(["--governor", "max", "--decision-period", "1ms", .. s_workloads]);
        string[] progress = [.. Enumerable.Range(0, 2).Select(_ => process.StandardError.ReadLine() ?? "")];
        Assert.Contains("(2 of 2)", progress[1], StringComparison.Ordinal);

        Assert.Equal(0, LibC.kill(process.Id, SIGINT));
        HostStubProcess.Result run = HostStubProcess.Finish(process);

        Assert.True(run.ExitCode == 130, run.Error + run.Output);
        Assert.Matches(@"sparse:rate=1pps(.|\n)*max +\d\.\d\d\d", run.Output);
        Assert.Contains("Interrupted after 1 of 2 runs", run.Output, StringComparison.Ordinal);
        Assert.Contains("interrupted after 1 of 2 runs", run.Error, StringComparison.Ordinal);
    }
}
