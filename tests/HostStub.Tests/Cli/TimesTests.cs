using PollScale.HostStub.Cli;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

/// <summary>A time is written alike wherever one is taken.</summary>
public class TimesTests
{
    [Theory]
    [InlineData("run guest.elf --traffic bursty --duration 500us")]
    [InlineData("run guest.elf --traffic bursty --duration 2m --timeout 3m --watchdog 500us")]
    [InlineData("demo --duration 500us --timeout 2m")]
    [InlineData("demo --traffic square:period=2m")]
    [InlineData("demo --traffic onoff:high=2Mpps,on=500us,off=2m")]
    [InlineData("simulate --duration 2m --warmup 500us --delay-bound 500us --decision-period 500us --actuator 500us")]
    [InlineData("simulate --actuator 500us-grid+20us/500ns --channel direct:500us")]
    [InlineData("simulate --channel virtio-serial:turn=500us,write=500us,sysfs=500us,refusal=500us")]
    [InlineData("simulate --memory-ns 0.5us --traffic ramp:time=2m")]
    [InlineData("simulate --governor ondemand:sampling-period=500us --governor l3fwd-power:timer-period=0.01m")]
    [InlineData("serve --channel vm0:0:connect:/nonexistent --json --interval 2m")]
    [InlineData("serve --channel vm0:0:connect:/nonexistent --json --interval 500000us")]
    [InlineData("doctor --ring 4096 --line-rate 1Mpps --memory 500us")]
    [InlineData("doctor --ring 4096 --line-rate 1Mpps --memory 60")]
    public void Microseconds_and_minutes_are_taken_everywhere(string line)
    {
        StringWriter error = new();
        int code = new HostStubCommand(_ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, TextWriter.Null, error).Invoke(line.Split(' '));

        Assert.Equal((0, ""), (code, error.ToString()));
    }

    [Theory]
    [InlineData("2m", 120)]
    [InlineData("500000us", 0.5)]
    [InlineData("0.5 S", 0.5)]
    [InlineData("24h", 86_400)]
    public void The_policy_file_reads_them_too(string text, double seconds)
    {
        Assert.Null(ScalarText.Silence(text, default(FilePosition), out TimeSpan? silence));
        Assert.Equal(TimeSpan.FromSeconds(seconds), silence);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("500us")]
    [InlineData("25h")]
    [InlineData("010s")]
    [InlineData("-2m")]
    public void The_policy_file_keeps_its_range(string text) => Assert.NotNull(ScalarText.Silence(text, default, out _));
}
