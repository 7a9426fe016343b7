using PollScale.HostStub.Operate;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Tests.Serve.Reports;
using Xunit;

namespace PollScale.HostStub.Tests.Operate;

public class StatusTableTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(100)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    [InlineData(25)]
    public void No_line_is_wider_than_the_terminal_and_the_guest_is_always_there(int width)
    {
        string[] lines = Draw(Rows(3), width);
        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));
        Assert.Contains(lines, line => line.Contains("guest2", StringComparison.Ordinal));
        Assert.Equal(3 + 4, lines.Length); // nothing is folded
    }

    [Fact]
    public void On_a_wide_one_is_all_there_is_to_know()
    {
        string all = string.Join('\n', Draw(Rows(1), 200));
        Assert.All(["guest", "vCPU", "pCPU", "channel", "wish", "granted", "real", "why", "for", "calls", "calls/s", "refused", "p99", "3,200", "2,400", "listen", "faster than the guest's fastest"], word => Assert.Contains(word, all, StringComparison.Ordinal));
    }

    [Fact]
    public void As_many_fit_as_there_are_lines_and_the_rest_is_counted()
    {
        string[] lines = Draw(Rows(200), 120, 24);
        Assert.Equal(24, lines.Length);
        Assert.Equal("and 181 more vCPUs, for which there is no room", lines[^1]);
        Assert.Equal(20 + 4, Draw(Rows(20), 120, 24).Length);
        Assert.DoesNotContain(Draw(Rows(20), 120, 24), line => line.Contains("more vCPUs", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_come_in_the_order_asked_for()
    {
        StatusRow[] rows = [Row("b", 1) with { CallsPerS = 5 }, Row("a", 2) with { CallsPerS = 9 }, Row("c", 3, problem: "gone")];
        Assert.Equal(["a", "b", "c"], Names(TopOrder.Busy));
        Assert.Equal(["c", "a", "b"], Names(TopOrder.Trouble));
        Assert.Equal(["a", "b", "c"], Names(TopOrder.Name));

        IEnumerable<string> Names(TopOrder order) => StatusRow.Sort(rows, order).Select(row => row.Vcpu.Guest);
    }

    [Fact]
    public void Rates_are_of_the_time_between_two_answers_of_one_daemon()
    {
        DaemonStatus before = Status(10, Row("a", 0).Vcpu with { Calls = 100 }), now = Status(12, Row("a", 0).Vcpu with { Calls = 150, CallsBy = new Dictionary<string, ulong> { ["denied"] = 4, ["granted"] = 146 } });
        StatusRow row = Assert.Single(StatusRow.Of(now, before));
        Assert.Equal((25.0, 2.0), (row.CallsPerS!.Value, row.RefusedPerS!.Value));
        Assert.Null(Assert.Single(StatusRow.Of(now, null)).CallsPerS);
        Assert.Null(Assert.Single(StatusRow.Of(now with { UptimeS = 9 }, before)).CallsPerS);
    }

    [Fact]
    public void What_a_daemon_says_does_no_harm_to_a_terminal() =>
        Assert.DoesNotContain('\u001b', string.Concat(Draw([Row("\u001b[2J", 0, "\u001b]0;x\a [red]")], 200)));

    private static DaemonStatus Status(double uptime, params VcpuLine[] vcpus) => new() { Version = 1, Program = "1", Pid = 1, UptimeS = uptime, Problems = [], Vcpus = vcpus };

    private static IReadOnlyList<StatusRow> Rows(int count) => [.. Enumerable.Range(0, count).Select(i => Row($"guest{i}", i))];

    private static string[] Draw(IReadOnlyList<StatusRow> rows, int width, int? height = null)
    {
        StringWriter output = new();
        Consoles.Plain(output, width).Write(StatusTable.Draw(rows, width, height, rates: true));
        return output.ToString().TrimEnd().Split('\n');
    }

    private static StatusRow Row(string guest, int pCpu, string? problem = null) => new(
        new VcpuLine
        {
            Guest = guest,
            Vcpu = 0,
            Pcpu = pCpu,
            Control = true,
            Emulated = true,
            InKernel = false,
            Hangs = false,
            FastestKhz = 2_400_000,
            SlowestKhz = 800_000,
            WishedKhz = 3_200_000,
            GrantedKhz = 2_400_000,
            RealKhz = 2_400_000,
            Why = AuditReason.BoundFastest,
            WhyText = AuditReasonText.Of(AuditReason.BoundFastest),
            Calls = 12_345,
            CallsBy = new Dictionary<string, ulong> { ["granted"] = 12_345 },
            Channels = [QuietChannel.Of(guest, $"listen:/run/{guest}", problem)],
        },
        null, null);
}
