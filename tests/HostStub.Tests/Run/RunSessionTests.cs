using System.Text.Json;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Run;
using PollScale.Programs;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

[Collection("session")]
public class RunSessionTests
{
    private static readonly RunOptions s_options = new()
    {
        Guest = "/fake/guest.elf",
        Traffic = "constant:rate=20kpps",
        Duration = TimeSpan.FromMilliseconds(400),
        Log2Ring = 14,
        PStates = PStateFile.Default(),
        Priority = PriorityChoice.Normal,
        Json = true,
    };

    [Fact]
    public void An_honest_guest_is_accounted_for_to_the_packet()
    {
        (ExitCode code, JsonElement summary, string error) = Run(s_options, FakeGuestMode.Honest);

        Assert.Equal(ExitCode.Ok, code);
        Assert.True(summary.GetProperty("accounted").GetBoolean());
        Assert.InRange(summary.GetProperty("offered").GetUInt64(), 100ul, 8100ul);
        Assert.Equal(summary.GetProperty("offered").GetUInt64(), summary.GetProperty("forwarded").GetUInt64());
        Assert.Equal("exited", summary.GetProperty("guest_end").GetString());
        Assert.DoesNotContain(summary.GetProperty("notes").EnumerateArray(), note => !note.GetString()!.StartsWith("This machine was busy", StringComparison.Ordinal));
        Assert.Contains("guest: hello from the guest?[2J", error);
        Assert.DoesNotContain("\u001b", error);
    }

    [Fact]
    public void The_summary_has_every_promised_field()
    {
        (_, JsonElement summary, _) = Run(s_options, FakeGuestMode.Honest);

        Assert.Equal(["type", "status", "exit_code"], summary.EnumerateObject().Take(3).Select(field => field.Name));
        Assert.Equal(("summary", "ok", 0), (summary.GetProperty("type").GetString(), summary.GetProperty("status").GetString(), summary.GetProperty("exit_code").GetInt32()));
        JsonElement dropped = summary.GetProperty("dropped");
        foreach (string cause in (string[])["ring_full", "truncated", "not_ipv4", "bad_version", "bad_header_length", "bad_total_length",
            "bad_checksum", "ttl_expired", "no_route", "tx_full", "bad_descriptor"])
        {
            Assert.Equal(0ul, dropped.GetProperty(cause).GetUInt64());
        }

        foreach (string percentile in (string[])["p50", "p99", "p999", "max"])
        {
            Assert.True(summary.GetProperty("delay_us").GetProperty(percentile).GetDouble() > 0);
        }

        foreach (string percentile in (string[])["p50", "p99", "p999", "max"])
        {
            Assert.True(summary.GetProperty("round_trip_ns").GetProperty(percentile).GetDouble() > 0);
        }

        Assert.InRange(summary.GetProperty("energy_saved_percent").GetDouble(), -0.001, 100);
        Assert.Equal("emulated", summary.GetProperty("p_states").GetString());
        Assert.Equal("mmio", summary.GetProperty("doorbell").GetString());
        Assert.True(summary.GetProperty("transitions").GetUInt64() > 0);
        Assert.True(summary.GetProperty("calls").GetProperty("granted").GetUInt64() > 0);
        Assert.True(summary.GetProperty("boot_ms").GetDouble() >= 0);
        Assert.Equal(100, summary.GetProperty("residency_percent").EnumerateArray().Sum(r => r.GetProperty("percent").GetDouble()), 6);
    }

    [Fact]
    public void Honest_drops_are_accounted_for_and_are_no_loss()
    {
        (ExitCode code, JsonElement summary, _) = Run(s_options, FakeGuestMode.DropsHonestly);

        Assert.Equal(ExitCode.Ok, code);
        Assert.True(summary.GetProperty("accounted").GetBoolean());
        Assert.True(summary.GetProperty("dropped").GetProperty("no_route").GetUInt64() > 0);
    }

    [Fact]
    public void A_policy_file_without_control_refuses_and_the_audit_says_so()
    {
        using TemporaryTree tree = new();
        string audit = Path.Combine(tree.Root, "audit.jsonl");
        HostPolicy policy = PolicyReader.Load(tree.Write("policy.yaml", "version: 1\nguests:\n  - {name: a, budget: {calls-per-second: 100000000}}\n"));
        (ExitCode code, JsonElement summary, _) = Run(s_options with { HostPolicy = policy, As = "a", Audit = audit }, FakeGuestMode.Honest);

        Assert.Equal(ExitCode.Ok, code);
        Assert.True(summary.GetProperty("calls").GetProperty("denied").GetUInt64() > 0);
        Assert.Equal(0ul, summary.GetProperty("calls").GetProperty("clamped").GetUInt64());
        Assert.Contains("\"decided\":\"denied\",\"reason\":\"not_granted\"", File.ReadAllText(audit));
    }

    [Fact]
    public void Silent_drops_are_exit_code_4_and_counted()
    {
        (ExitCode code, JsonElement summary, _) = Run(s_options, FakeGuestMode.DropsSilently);

        Assert.Equal(ExitCode.PacketsLost, code);
        Assert.False(summary.GetProperty("accounted").GetBoolean());
        Assert.Equal(
            (long)(summary.GetProperty("offered").GetUInt64() - summary.GetProperty("forwarded").GetUInt64()),
            summary.GetProperty("unaccounted").GetInt64());
    }

    [Fact]
    public void A_guest_that_does_not_boot_is_stopped()
    {
        (ExitCode code, JsonElement summary, string error) = Run(
            s_options with { BootLimit = TimeSpan.FromMilliseconds(300) }, FakeGuestMode.NeverPolls);

        Assert.Equal(ExitCode.Limit, code);
        Assert.Equal("stopped", summary.GetProperty("guest_end").GetString());
        Assert.Equal("not polling 0.3 s after its start", summary.GetProperty("cause").GetString());
        Assert.Contains("not polling 0.3 s after its start", error);
    }

    [Fact]
    public void A_guest_that_stops_polling_is_stopped_by_the_watchdog()
    {
        (ExitCode code, JsonElement summary, _) = Run(
            s_options with { Watchdog = TimeSpan.FromMilliseconds(300), Duration = TimeSpan.FromSeconds(60) }, FakeGuestMode.Hangs);

        Assert.Equal(ExitCode.Limit, code);
        Assert.Equal("no poll for 0.3 s", summary.GetProperty("cause").GetString());
        Assert.False(summary.GetProperty("accounted").GetBoolean());
    }

    [Fact]
    public void A_crash_is_reported_with_registers_and_output()
    {
        (ExitCode code, JsonElement summary, string error) = Run(s_options with { Duration = TimeSpan.FromSeconds(60) }, FakeGuestMode.Crashes);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("failed", summary.GetProperty("guest_end").GetString());
        Assert.Contains("page fault at 0xdead", error);
        Assert.Contains("rsp=0xbeef", error);
        Assert.Contains("about to crash", error);
    }

    [Theory]
    [InlineData(FakeGuestMode.ExitsEarly, 7)]
    [InlineData(FakeGuestMode.LeavesAtOnce, 0)]
    public void A_guest_that_leaves_before_it_should_has_failed(FakeGuestMode mode, int status)
    {
        (ExitCode code, JsonElement summary, _) = Run(s_options with { Duration = TimeSpan.FromSeconds(60) }, mode);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(status, summary.GetProperty("guest_exit_code").GetInt32());
    }

    [Fact]
    public void A_guest_that_does_not_leave_is_stopped()
    {
        (ExitCode code, JsonElement summary, string error) = Run(s_options, FakeGuestMode.IgnoresStop);

        Assert.Equal(ExitCode.Limit, code);
        Assert.Equal("stopped", summary.GetProperty("guest_end").GetString());
        Assert.Contains("was not done within", error);
    }

    [Fact]
    public void Nonsense_in_the_telemetry_is_noted_and_not_shown()
    {
        (ExitCode code, JsonElement summary, _) = Run(s_options, FakeGuestMode.Lies);

        Assert.Equal(ExitCode.PacketsLost, code);
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("delay_us").GetProperty("p50").ValueKind);
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("round_trip_ns").GetProperty("p99").ValueKind);
        Assert.NotEmpty(summary.GetProperty("notes").EnumerateArray());
        Assert.Equal(summary.GetProperty("offered").GetUInt64(), summary.GetProperty("forwarded").GetUInt64());
    }

    [Theory]
    [InlineData(FakeGuestMode.Honest, "exited", true)]
    [InlineData(FakeGuestMode.IgnoresStop, "stopped", null)]
    public void Ctrl_C_ends_the_traffic_lets_the_guest_drain_and_keeps_the_summary(FakeGuestMode mode, string end, bool? accounted)
    {
        using Interrupt interrupt = new();
        RunOptions options = s_options with { Duration = TimeSpan.FromSeconds(60) };
        (ExitCode code, JsonElement summary, _) = Run(options, mode, interrupt, onSample: interrupt.Raise);

        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Equal(130, summary.GetProperty("exit_code").GetInt32());
        Assert.Equal(end, summary.GetProperty("guest_end").GetString());
        Assert.True(summary.GetProperty("offered").GetUInt64() > 0);
        if (accounted is bool expected)
        {
            Assert.Equal(expected, summary.GetProperty("accounted").GetBoolean());
        }
    }

    [Fact]
    public void Two_Ctrl_C_stop_at_once()
    {
        using Interrupt interrupt = new();
        (ExitCode code, JsonElement summary, _) = Run(
            s_options with { Duration = TimeSpan.FromSeconds(60) }, FakeGuestMode.IgnoresStop, interrupt, () =>
            {
                interrupt.Raise();
                interrupt.Raise();
            });

        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Equal("stopped by Ctrl-C", summary.GetProperty("cause").GetString());
    }

    [Fact]
    public void A_watcher_that_fails_ends_the_run_with_a_report_and_its_exception()
    {
        StringWriter output = new(), error = new();
        using Interrupt interrupt = new();
        HookedReporter reporter = new(new JsonLines(output, ReportJson.Default, error), () => throw new InvalidDataException("the watcher fell asleep"));
        RunSession session = new(s_options with { Duration = TimeSpan.FromSeconds(60) }, new FakeGuestFactory(FakeGuestMode.Honest), reporter, error, interrupt);

        Assert.Equal("the watcher fell asleep", Assert.Throws<InvalidDataException>(() => session.Run()).Message);
        JsonElement summary = JsonDocument.Parse(output.ToString().TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal((int)ExitCode.Internal, summary.GetProperty("exit_code").GetInt32());
        Assert.Equal("stopped", summary.GetProperty("guest_end").GetString());
    }

    [Fact]
    public void A_time_limit_ends_the_run()
    {
        (ExitCode code, _, _) = Run(
            s_options with { Duration = TimeSpan.FromSeconds(60), Timeout = TimeSpan.FromMilliseconds(300) }, FakeGuestMode.Honest);

        Assert.Equal(ExitCode.Limit, code);
    }

    [Fact]
    public void Without_traffic_the_guest_runs_to_its_end()
    {
        (ExitCode code, JsonElement summary, _) = Run(s_options with { Traffic = null }, FakeGuestMode.LeavesAtOnce);

        Assert.Equal(ExitCode.Ok, code);
        Assert.False(summary.GetProperty("has_traffic").GetBoolean());
    }

    [Fact]
    public void A_machine_that_cannot_is_exit_code_2_with_a_sentence()
    {
        StringWriter error = new();
        using Interrupt interrupt = new();
        RunSession session = new(s_options, new NoMicroVm(), new JsonLines(new StringWriter(), ReportJson.Default, error), error, interrupt);

        Assert.Equal(ExitCode.Environment, session.Run());
        Assert.Equal("hoststub: No micro-VM here. Use --no-vm.\n", error.ToString());
    }

    [Fact]
    public void A_CPU_that_is_not_allowed_is_exit_code_2()
    {
        StringWriter error = new();
        using Interrupt interrupt = new();
        RunSession session = new(
            s_options with { Cpu = 1023 }, new FakeGuestFactory(FakeGuestMode.Honest), new JsonLines(new StringWriter(), ReportJson.Default, error), error, interrupt);

        Assert.Equal(ExitCode.Environment, session.Run());
        Assert.Contains("CPU 1023 is not one this process may use", error.ToString());
    }

    private static (ExitCode Code, JsonElement Summary, string Error) Run(
        RunOptions options, FakeGuestMode mode, Interrupt? interrupt = null, Action? onSample = null)
    {
        Assert.SkipUnless(ThreadPlacement.AllowedCpus().Count >= 2, "needs two CPUs");
        StringWriter output = new();
        StringWriter error = new();
        using Interrupt own = new();
        HookedReporter reporter = new(new JsonLines(output, ReportJson.Default, TextWriter.Synchronized(error)), onSample);
        ExitCode code = new RunSession(options, new FakeGuestFactory(mode), reporter, error, interrupt ?? own).Run();
        string last = output.ToString().TrimEnd().Split('\n')[^1];
        return (code, JsonDocument.Parse(last).RootElement, error.ToString());
    }
}
