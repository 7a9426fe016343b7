using PollScale.GuestChannel;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Serve;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve --policy --frequency cpufreq` on a copy of a four-core Haswell's files, 1.2 to 2.401 GHz.</summary>
public sealed class ServeCpufreqTests : IDisposable
{
    private const string Fixture = "haswell-acpi-cpufreq";
    private readonly TemporaryFolder _root = new();
    private readonly TemporaryFolder _run = new();

    public void Dispose()
    {
        _root.Dispose();
        _run.Dispose();
    }

    [Fact]
    public void A_packet_sets_the_real_frequency_within_bounds_and_SIGTERM_restores()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using (ServeProcess serve = Serve(Guest("a", "control: true, slowest: 1.5GHz", 0), Guest("b", "control: true", 1)))
        {
            using StreamDescriptor a = Connect("a"), b = Connect("b");
            Assert.Equal(("userspace", "userspace"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Equal(("1500000", "1200000"), (Shown(0, "scaling_setspeed"), Shown(1, "scaling_setspeed")));
            Assert.Equal(2, Directory.GetFiles(_run.Path, "*.lease.json").Length);
            serve.End();
        }

        Assert.Equal(("schedutil", "schedutil"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
        Assert.Equal(("1200000", "2401000"), (Shown(0, "scaling_min_freq"), Shown(0, "scaling_max_freq")));
        Assert.Empty(Directory.GetFiles(_run.Path, "*.lease.json"));
    }

    [Fact]
    public void A_peer_that_leaves_takes_its_wish_along()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true, fastest: 2GHz", 0));
        using (StreamDescriptor a = Connect("a"))
        {
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Equal("1200000", Shown(0, "scaling_setspeed"));
        }

        ChannelLab.Until(() => Shown(0, "scaling_setspeed") == "2000000", "the pCPU does not go to its rest");
        serve.End();
    }

    [Fact]
    public void A_reload_moves_the_real_frequency_into_the_new_bounds_and_gives_back_a_pcpu_no_longer_named()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0), Guest("b", "control: true", 1));
        using StreamDescriptor a = Connect("a");
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));

        Write(Guest("a", "control: true, slowest: 1.8GHz", 0));
        serve.Reload();

        Assert.Equal(("1800000", "schedutil"), (Shown(0, "scaling_setspeed"), Shown(1, "scaling_governor")));
        serve.End();
    }

    [Fact]
    public void CPUs_of_one_policy_are_taken_over_once_and_run_at_the_fastest_wish()
    {
        CpufreqFixture.Load(Fixture).With(("cpufreq/policy0/affected_cpus", "0 2 3"), ("cpufreq/policy0/related_cpus", "0 2 3")).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true, slowest: 1.5GHz", 2), Guest("b", "control: true", 3));
        using StreamDescriptor a = Connect("a");
        using (StreamDescriptor b = Connect("b"))
        {
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
            Assert.Equal("1500000", Shown(0, "scaling_setspeed"));
            Write(Guest("b", "control: true", 3));
            serve.Reload();
            Assert.Equal("1200000", Shown(0, "scaling_setspeed"));
        }

        serve.End();
        Assert.Equal("schedutil", Shown(0, "scaling_governor"));
    }

    [Fact]
    public void A_pcpu_without_control_keeps_its_governor()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0), Guest("watcher", "control: false", 1));
        using StreamDescriptor watcher = Connect("watcher");

        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(watcher, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(1_200_000u, Frequency(watcher));
        Assert.Equal("schedutil", Shown(1, "scaling_governor"));

        Write(Guest("a", "control: false", 0), Guest("watcher", "control: true", 1));
        serve.Reload();
        Assert.Equal(("schedutil", "userspace"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(watcher, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal("2401000", Shown(1, "scaling_setspeed"));
        serve.End();
    }

    [Fact]
    public void What_the_administrator_allows_bounds_the_guest_too()
    {
        CpufreqFixture.Load(Fixture).With(("cpufreq/policy0/scaling_max_freq", "2000000")).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0));
        using StreamDescriptor a = Connect("a");

        Assert.Equal(2_000_000u, serve.Start.GetProperty("channels")[0].GetProperty("fastest_khz").GetUInt32());
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal("2000000", Shown(0, "scaling_setspeed"));
        serve.End();
    }

    [Fact]
    public void After_a_kill_the_next_start_restores_every_policy()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using (ServeProcess killed = Serve(Guest("a", "control: true", 0), Guest("b", "control: true", 1)))
        {
            killed.Kill();
        }

        Assert.Equal(("userspace", "userspace"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
        using ServeProcess serve = Serve(Guest("a", "control: true", 0));
        serve.Notice("ended without restoring policy");
        Assert.Equal(("userspace", "schedutil"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
        serve.End();
        Assert.Equal("schedutil", Shown(0, "scaling_governor"));
    }

    [Theory]
    [InlineData("control: true, fastest: 60", 0, "guest a: pCPU 0 has no P-state for fastest: 60")]
    [InlineData("control: true, fastest: 1.3GHz", 0, "nothing is left between its bounds and those that pCPU 0 is held to, 2000 to 2401 MHz")]
    public void What_does_not_fit_the_machine_is_told_with_its_place_and_all_is_restored(string rights, int pCpu, string why)
    {
        CpufreqFixture.Load(Fixture).With(("cpufreq/policy0/scaling_min_freq", "2000000")).WriteTo(_root.Path);
        StringWriter error = new();
        using Interrupt interrupt = new();
        ServeLauncher launcher = new(TextWriter.Null, error, null, interrupt, _ => null);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, TextWriter.Null, error)
            .Invoke(["serve", "--policy", Write(Guest("a", rights, pCpu), Guest("b", "control: true", 1)), "--frequency", "cpufreq", "--cpufreq-root", _root.Path, "--lease-dir", _run.Path]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Matches(@"^hoststub: .*policy\.yaml:3:\d+: ", error.ToString());
        Assert.Contains(why, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(("schedutil", "schedutil"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
        Assert.Empty(Directory.GetFiles(_run.Path, "*.lease.json"));
    }

    [Fact]
    public void What_another_program_set_is_told_refused_and_taken_back()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true, queries: true", 0));
        using StreamDescriptor a = Connect("a");
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        Set(0, "scaling_governor", "powersave");
        Set(0, "scaling_cur_freq", "1200000");

        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)));
        Assert.Equal(1_200_000u, Frequency(a));
        serve.Notice("scaling_governor is 'powersave'");

        serve.Notice("works again");
        Assert.Equal("userspace", Shown(0, "scaling_governor"));
        serve.Signal(LibC.SIGTERM); // standard error then tells how many changes failed
        ChannelLab.Until(() => Shown(0, "scaling_governor") == "schedutil", "what the administrator had is not restored");
    }

    [Fact]
    public void Bounds_that_rise_reach_the_guest_without_a_restart()
    {
        CpufreqFixture.Load(Fixture).With(("cpufreq/policy0/scaling_max_freq", "2000000")).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0));
        using StreamDescriptor a = Connect("a");
        serve.Notice("allows no more than 2000000");

        Set(0, "scaling_max_freq", "2401000");
        serve.Notice("now allow 1200000 to 2401000");
        ChannelLab.Until(() => ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Max)) == ReplyCommand.Ack && Shown(0, "scaling_setspeed") == "2401000", "the guest stays below the new bound");
        serve.End();
    }

    [Fact]
    public void A_pcpu_that_is_offline_keeps_nobody_else_from_being_served_and_is_taken_over_when_it_comes()
    {
        CpufreqFixture.Load(Fixture).With(("cpufreq/policy0/affected_cpus", "")).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0), Guest("b", "control: true", 1));
        Assert.Matches(@"policy\.yaml:3:\d+: pCPU 0 cannot be used: .*tried again every second", serve.Notice("pCPU 0"));
        using StreamDescriptor a = Connect("a"), b = Connect("b");
        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Min)));

        File.WriteAllText(_root["cpufreq/policy0/affected_cpus"], "0\n");
        serve.Notice("pCPU 0 can be used now");
        ChannelLab.Until(() => ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)) == ReplyCommand.Ack, "a is still refused");
        Assert.Equal(("userspace", "1200000"), (Shown(0, "scaling_governor"), Shown(0, "scaling_setspeed")));
        serve.End();
        Assert.Equal(("schedutil", "schedutil"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
    }

    [Fact]
    public void A_reload_may_name_a_pcpu_that_is_not_there()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("a", "control: true", 0));
        using StreamDescriptor a = Connect("a");
        Write(Guest("a", "control: true", 0), Guest("b", "control: true", 7));
        Assert.Contains("with 2 channels", serve.Reload(), StringComparison.Ordinal);

        using StreamDescriptor b = Connect("b");
        Assert.Equal((ReplyCommand.Ack, ReplyCommand.Nack), (ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)), ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Min))));
        serve.End();
    }

    [Fact]
    public void A_second_daemon_with_another_lease_folder_is_refused_by_the_pid_of_the_first()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using TemporaryFolder other = new();
        using ServeProcess serve = Serve(Guest("a", "control: true", 0));
        StringWriter error = new();
        using Interrupt interrupt = new();
        ServeLauncher launcher = new(TextWriter.Null, error, null, interrupt, _ => null);
        new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, TextWriter.Null, error)
            .Invoke(["serve", "--policy", _run["policy.yaml"], "--frequency", "cpufreq", "--cpufreq-root", _root.Path, "--lease-dir", other.Path]);

        Assert.Matches(@"scaling_governor is held by process \d+", error.ToString());
        serve.End();
    }

    [Fact]
    public void A_lease_folder_that_all_may_write_is_refused_and_nothing_is_written_through_its_links()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using TemporaryFolder leases = new();
        Assert.Equal(0, LibC.chmod(leases.Path, 0x1FF));
        File.CreateSymbolicLink(leases["lock"], _run["made"]);
        StringWriter error = new();
        using Interrupt interrupt = new();
        ServeLauncher launcher = new(TextWriter.Null, error, null, interrupt, _ => null);
        new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, TextWriter.Null, error)
            .Invoke(["serve", "--policy", Write(Guest("a", "control: true", 0)), "--frequency", "cpufreq", "--cpufreq-root", _root.Path, "--lease-dir", leases.Path]);

        Assert.Contains($"chmod o-w {leases.Path}", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_run["made"]));
        Assert.Equal("schedutil", Shown(0, "scaling_governor"));
    }

    [Fact]
    public void Where_no_pcpu_can_be_used_it_ends_with_status_2_and_every_place()
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        StringWriter error = new();
        using Interrupt interrupt = new();
        ServeLauncher launcher = new(TextWriter.Null, error, null, interrupt, _ => null);
        int code = new HostStubCommand(_ => ExitCode.Internal, _ => ExitCode.Internal, _ => ExitCode.Internal, launcher.Run, _ => ExitCode.Internal, TextWriter.Null, error)
            .Invoke(["serve", "--policy", Write(Guest("a", "control: true", 5), Guest("b", "control: true", 6)), "--frequency", "cpufreq", "--cpufreq-root", _root.Path, "--lease-dir", _run.Path]);

        Assert.Equal((int)ExitCode.Environment, code);
        Assert.Matches(@"policy\.yaml:3:\d+: pCPU 5 cannot be used: No cpufreq policy drives CPU 5", error.ToString());
        Assert.Matches(@"policy\.yaml:4:\d+: pCPU 6 cannot be used", error.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(60)]
    public void Signals_in_any_order_leave_no_governor_behind(int gapMs)
    {
        CpufreqFixture.Load(Fixture).WriteTo(_root.Path);
        using ServeProcess serve = Serve(Guest("g0", "control: true", 0), Guest("g1", "control: true", 1));
        foreach (int signal in (int[])[LibC.SIGHUP, LibC.SIGTERM, LibC.SIGHUP, LibC.SIGQUIT, LibC.SIGINT, LibC.SIGHUP])
        {
            if (!serve.TrySignal(signal))
            {
                break; // it has ended
            }

            Thread.Sleep(gapMs);
        }

        serve.DiscardOutput();
        Assert.Equal((0, ""), serve.WaitForEnd());
        Assert.Equal(("schedutil", "schedutil"), (Shown(0, "scaling_governor"), Shown(1, "scaling_governor")));
    }

    [Fact]
    public void Auto_falls_back_to_emulation_and_says_why()
    {
        using ServeProcess serve = ServeBy("auto", Guest("a", "control: true", 0));
        serve.Notice("holds no policy");
        using StreamDescriptor a = Connect("a");

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        serve.End();
    }

    private static uint Frequency(StreamDescriptor guest)
    {
        ChannelLab.Write(guest, ChannelLab.Request(ChannelCommand.QueryFreq));
        return ChannelPackets.Frequency(ChannelLab.Read(guest, GuestChannelAbi.FreqListBytes), 0);
    }

    private StreamDescriptor Connect(string guest) => ChannelLab.Connect(_run[guest]);

    private ServeProcess Serve(params ReadOnlySpan<string> guests) => ServeBy("cpufreq", guests);

    private ServeProcess ServeBy(string frequency, params ReadOnlySpan<string> guests) =>
        new("--policy", Write(guests), "--frequency", frequency, "--cpufreq-root", _root.Path, "--lease-dir", _run.Path);

    private string Guest(string name, string rights, int pCpu) =>
        $"  - {{name: {name}, {rights}, vcpus: [{{vcpu: 0, pcpu: {pCpu}, channel: {{listen: \"{_run[name]}\"}}}}]}}\n";

    private string Write(params ReadOnlySpan<string> guests)
    {
        File.WriteAllText(_run["policy.yaml"], $"version: 1\nguests:\n{string.Concat(guests)}");
        return _run["policy.yaml"];
    }

    private void Set(int policy, string name, string value) => File.WriteAllText(_root[$"cpufreq/policy{policy}/{name}"], value + "\n");

    private string Shown(int policy, string name) => File.ReadLines(_root[$"cpufreq/policy{policy}/{name}"]).First();
}
