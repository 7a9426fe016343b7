using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>What the plugin adds to a poll that receives nothing, in instructions as valgrind counts them; nothing of it is a decision.</summary>
[Collection(nameof(TestpmdTests))]
public partial class PluginCostTests
{
    private const int Polls = 200_000; // MEASURED of dpdk_polls.c
    private static readonly Lazy<string> s_program = new(() => DpdkPlugin.Program(Path.Combine(AppContext.BaseDirectory, "dpdk_polls.c")));

    /// <summary>For docs/dpdk.md; run it alone, with -explicit only.</summary>
    /// <param name="queues">Queues of the lcore.</param>
    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_poll_takes_some_hundred_instructions_more(int queues)
    {
        const double Most = 110;
        DpdkPlugin.Require();
        double without = APoll(queues, []), with = APoll(queues, ["-d", DpdkPlugin.Path]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{queues} queues: {without:f0} instructions a poll of net_null, with the plugin {with:f0}"));
        Assert.InRange(with - without, 1, Most);
    }

    private static double APoll(int queues, string[] plugin)
    {
        (int status, string output, string error) = CCompiler.Run("env",
        [
            "POLLSCALE_SETTINGS=transport=loopback decision-period=10ms", "valgrind", "--fair-sched=yes", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=counted", s_program.Value,
            "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "64", "-l", "0", "--vdev=net_null0,no-rx=1", "--log-level=pollscale:info", .. plugin, "8", $"{queues}",
        ]);
        Assert.SkipWhen(status == 127, $"valgrind does not run: {error}");
        Assert.True(status == 0, output + error);
        Assert.Equal(plugin.Length > 0, error.Contains("is scaled over loopback", StringComparison.Ordinal));
        return long.Parse(Collected().Match(error).Groups[1].ValueSpan, CultureInfo.InvariantCulture) / (double)Polls;
    }

    [GeneratedRegex(@"Collected : (\d+)")]
    private static partial Regex Collected();
}
