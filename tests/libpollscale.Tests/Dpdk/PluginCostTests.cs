using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>What the plugin adds to a poll, of nothing or of 32 packets, in instructions as valgrind counts them; nothing of it is a decision.</summary>
[Collection(nameof(TestpmdTests))]
public partial class PluginCostTests
{
    private const int Polls = 200_000; // MEASURED of dpdk_polls.c
    private const double MostOfAnEmptyPoll = 30;
    private static readonly Lazy<string> s_program = new(() => DpdkPlugin.Program(Path.Combine(AppContext.BaseDirectory, "dpdk_polls.c")));

    /// <summary>For docs/dpdk.md; run it alone, with -explicit only.</summary>
    /// <param name="queues">Queues of the lcore.</param>
    /// <param name="port">Options of net_null.</param>
    /// <param name="most">Instructions that the plugin may add.</param>
    [Theory(Explicit = true)]
    [InlineData(1, ",no-rx=1", 80)]
    [InlineData(2, ",no-rx=1", 80)]
    [InlineData(1, "", 140)]
    [InlineData(2, "", 750)]
    public void A_poll_takes_few_instructions_more(int queues, string port, double most)
    {
        DpdkPlugin.Require();
        double without = APoll(queues, port, []).All;
        (double with, double callback) = APoll(queues, port, ["-d", DpdkPlugin.Path]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{queues} queues: {without:f0} instructions a poll of net_null{port}, with the plugin {with:f0}, {callback:f0} of them the callback's own"));
        Assert.InRange(with - without, 1, most);
        Assert.InRange(callback, 1, port.Length > 0 ? MostOfAnEmptyPoll : double.MaxValue);
    }

    private static (double All, double Callback) APoll(int queues, string port, string[] plugin)
    {
        using TemporaryFolder folder = new();
        (int status, string output, string error) = CCompiler.Run("env",
        [
            "POLLSCALE_SETTINGS=transport=loopback decision-period=10ms", "valgrind", "--fair-sched=yes", "--tool=callgrind", $"--callgrind-out-file={folder["counts"]}", "--toggle-collect=counted", s_program.Value,
            "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "64", "-l", "0", $"--vdev=net_null0{port}", "--log-level=pollscale:info", .. plugin, "8", $"{queues}",
        ]);
        Assert.SkipWhen(status == 127, $"valgrind does not run: {error}");
        Assert.True(status == 0, output + error);
        Assert.Equal(plugin.Length > 0, error.Contains("is scaled over loopback", StringComparison.Ordinal));
        string functions = CCompiler.Run("callgrind_annotate", ["--threshold=100", folder["counts"]]).Output;
        return (Each(Collected().Match(error)), Callback().Matches(functions).Sum(Each)); // a line for each source file of it

        static double Each(Match counted) => long.Parse(counted.Groups[1].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) / (double)Polls;
    }

    [GeneratedRegex(@"Collected : (\d+)")]
    private static partial Regex Collected();

    [GeneratedRegex(@"([\d,]+) \([^)]*\) +\S*:poller_polled\b")]
    private static partial Regex Callback();
}
