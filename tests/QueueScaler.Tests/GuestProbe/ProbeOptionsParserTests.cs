using PollScale.GuestProbe.CommandLine;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;
using Xunit;

namespace PollScale.Tests.QueueScaler.GuestProbe;

public class ProbeOptionsParserTests
{
    [Theory]
    [InlineData("boot", nameof(ProbeMode.Boot), 0)]
    [InlineData("bench-loop", nameof(ProbeMode.BenchLoop), 10_000_000)]
    [InlineData("bench-loop 5", nameof(ProbeMode.BenchLoop), 5)]
    [InlineData("bench-calls 77 --doorbell port", nameof(ProbeMode.BenchCalls), 77)]
    [InlineData("bench-calls --doorbell port", nameof(ProbeMode.BenchCalls), 10_000)]
    [InlineData("bench-posts 5 --doorbell region", nameof(ProbeMode.BenchPosts), 5)]
    [InlineData("bench-bursts 7 --doorbell region --label x --hold-ms 20", nameof(ProbeMode.BenchBursts), 7)]
    [InlineData("bench-sleeps", nameof(ProbeMode.BenchSleeps), 10_000)]
    [InlineData("bench-sleeps 20 --sleep-us 100us", nameof(ProbeMode.BenchSleeps), 20)]
    [InlineData("bench-bursts", nameof(ProbeMode.BenchBursts), 200)]
    [InlineData("selftest", nameof(ProbeMode.SelfTest), 0)]
    [InlineData("selftest --call-fd 3 --status-fd 4", nameof(ProbeMode.SelfTest), 0)]
    [InlineData("probe", nameof(ProbeMode.Probe), 0)]
    [InlineData("help", nameof(ProbeMode.Help), 0)]
    [InlineData("--help", nameof(ProbeMode.Help), 0)]
    [InlineData("probe -h", nameof(ProbeMode.Help), 0)]
    public void Commands_are_read(string line, string mode, int count)
    {
        ProbeOptions options = Parse(line);
        Assert.Equal((mode, count), (options.Mode.ToString(), options.Count));
    }

    [Theory]
    [InlineData("probe", 0)]
    [InlineData("probe --flood 1", 1)]
    [InlineData("probe --flood=1000 --doorbell port", 1000)]
    [InlineData("probe --doorbell mmio --flood 1000000000", 1_000_000_000)]
    public void A_probe_may_flood(string line, int flood)
    {
        ProbeOptions options = Parse(line);
        Assert.Equal((ProbeMode.Probe, flood), (options.Mode, options.Flood));
    }

    [Theory]
    [InlineData("bench-calls", false)]
    [InlineData("bench-calls 5 --op get", false)]
    [InlineData("bench-calls 5 --op set --doorbell guest-channel", true)]
    public void Calls_may_change_the_P_state(string line, bool sets) => Assert.Equal(sets, Parse(line).Sets);

    [Fact]
    public void The_host_is_named_as_the_sample_names_it()
    {
        Assert.Equal(new HostOptions { CallFd = 3, StatusFd = 4, Cpu = 7 }, Parse("probe --call-fd 3 --status-fd=4 --cpu 7").Host);
        Assert.Equal(new HostOptions { Doorbell = TransportChoice.GuestChannel, ReplyMs = 2000 }, Parse("bench-calls --doorbell guest-channel --reply-ms 2s").Host);
    }

    [Theory]
    [InlineData("", "no command")]
    [InlineData("--flood 5", "the command comes first")]
    [InlineData("forward", "'forward'")]
    [InlineData("transports", "'transports'")]
    [InlineData("selftest extra", "'extra'")]
    [InlineData("probe --region r", "'--region'")]
    [InlineData("probe --flood", "--flood")]
    [InlineData("probe --flood 0", "--flood")]
    [InlineData("probe --flood -1", "--flood")]
    [InlineData("probe --flood 1000000001", "--flood")]
    [InlineData("probe --flood many", "--flood")]
    [InlineData("bench-calls --flood 5", "--flood")]
    [InlineData("bench-calls --op max", "--op max")]
    [InlineData("probe --op set", "--op set")]
    [InlineData("probe --label x", "--label")]
    [InlineData("bench-calls --hold-ms 5", "--hold-ms")]
    [InlineData("bench-bursts --hold-ms 1001", "--hold-ms")]
    [InlineData("bench-sleeps --sleep-us 0", "--sleep-us")]
    [InlineData("bench-bursts --label 123456789012345678901234567890123", "--label")]
    [InlineData("bench-bursts --label \u00fc", "--label")]
    [InlineData("bench-loop 0", "bench-loop")]
    [InlineData("bench-calls many", "bench-calls")]
    [InlineData("probe --call-fd 3", "--status-fd")]
    [InlineData("probe --call-fd 3 --status-fd 4 --doorbell port", "--doorbell")]
    public void Bad_input_gives_an_error_that_names_it(string line, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_help_text_names_every_command_and_option() => Assert.All(
        ["boot", "bench-loop", "bench-calls", "bench-posts", "selftest", "probe", "--flood", "--op", "--doorbell", "--call-fd", "--status-fd", "--cpu", "--reply-ms"],
        name => Assert.Contains(name, ProbeUsage.Text, StringComparison.Ordinal));

    private static ProbeOptions Parse(string line) => ProbeOptionsParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
