using PollScale.HostStub.Simulation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class SimulateReaderTests
{
    [Fact]
    public void The_defaults_are_the_usual_governors_and_all_workloads()
    {
        SimulateOptions options = Simulate.Read();

        Assert.Equal(SimulateOptions.DefaultGovernors, options.Governors);
        Assert.Equal(Workloads.Standard.Select(w => w.Name), options.Workloads.Select(w => w.Name));
        Assert.Equal(("500us-grid", 4096, 5), (options.Actuator.Name, options.RingSize, options.Seeds));
        Assert.InRange(options.DelayBound, 400 * SimTime.Microsecond, 800 * SimTime.Microsecond);
        Assert.Contains("half of it would cost", options.DelayChoice, StringComparison.Ordinal);
        Assert.Equal((options.DelayBound, options.DelayChoice), (Simulate.Read("--delay-bound", "auto").DelayBound, options.DelayChoice));
        Assert.Null(Simulate.Read("--delay-bound", "1ms").DelayChoice);
        Assert.True(Simulate.Read("--actuator", "30us").DelayBound < 200 * SimTime.Microsecond);
    }

    [Fact]
    public void Lists_of_names_and_single_texts_mix()
    {
        SimulateOptions options = Simulate.Read(
            "--governor", "max,min", "--governor", "ondemand:up-threshold=80,sampling-period=1ms", "--governor", "max",
            "--traffic", "sparse,cbr-50", "--traffic", "poisson:rate=20%,line=none", "--traffic", "mmpp+poisson:rate=5%");

        Assert.Equal(["max", "min", "ondemand:up-threshold=80,sampling-period=1ms"], options.Governors);
        Assert.Equal(["sparse", "cbr-50", "poisson:rate=20%,line=none", "mmpp+poisson:rate=5%"], options.Workloads.Select(w => w.Name));
    }

    [Fact]
    public void Every_option_arrives()
    {
        SimulateOptions options = Simulate.Read(
            "--ring", "1024", "--delay-bound", "500us", "--actuator", "30us", "--channel", "virtio-serial:turn=2ms,write=5us,repeats=off", "--line-rate", "2.5Mpps", "--seeds", "7",
            "--duration", "2s", "--warmup", "250ms", "--decision-period", "50us", "--jobs", "2", "--json", "--cycles-per-packet", "350", "--memory-ns", "0",
            "--governor", "drain-time", "--tune", "--tune-runs", "9");

        Assert.Equal((1024, 500 * SimTime.Microsecond, "30us", 2.5e6), (options.RingSize, options.DelayBound, options.Actuator.Name, options.LineRate));
        Assert.Equal(("virtio-serial(2ms)", 5 * SimTime.Microsecond), (options.Channel.Name, options.Channel.CallTime));
        Assert.Equal((7, 2 * SimTime.Second, 250 * SimTime.Millisecond, 50 * SimTime.Microsecond), (options.Seeds, options.Duration, options.Warmup, options.DecisionPeriod));
        Assert.Equal((2, true, true, 9), (options.Jobs, options.Json, options.Tune, options.TuneRuns));
        Assert.Equal((350.0, 0.0), (options.Core.CyclesPerPacket, options.Core.MemoryNsPerPacket));
        Assert.True(options.Workloads[0].ServiceRate > 2 * CoreModel.Synthetic.ServiceRate(0));
    }

    [Fact]
    public void A_p_state_file_gives_core_and_latency()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "PStates", "synthetic-server-core.json");
        SimulateOptions options = Simulate.Read("--pstates", file);

        Assert.Equal(("20us", "synthetic-server-core"), (options.Actuator.Name, options.PStates));
        Assert.Equal(CoreModel.Synthetic.KHz, options.Core.KHz);
        Assert.All(options.Core.Watts.Zip(CoreModel.Synthetic.Watts), pair => Assert.InRange(pair.First - pair.Second, -1e-4, 1e-4));
        Assert.Equal("1ms-grid", Simulate.Read("--pstates", file, "--actuator", "1ms-grid").Actuator.Name);
    }

    [Theory]
    [InlineData("'fastest' is no governor: use optimal-available", "--governor", "fastest")]
    [InlineData("A list takes plain names; give a governor with options a --governor of its own.", "--governor", "max,index:3")]
    [InlineData("has no option 'speed'", "--governor", "ondemand:speed=1")]
    [InlineData("'foo' is no model: use constant", "--traffic", "foo")]
    [InlineData("Or name a workload: poisson-30", "--traffic", "foo")]
    [InlineData("poisson: ", "--traffic", "poisson:rate=fast")]
    [InlineData("--traffic and --pcap exclude each other", "--traffic", "sparse", "--pcap", "/dev/null")]
    [InlineData("There is no capture at /nonexistent", "--pcap", "/nonexistent")]
    [InlineData("/tmp is a folder, not a capture", "--pcap", "/tmp")]
    [InlineData("/nonexistent: cannot be read", "--pstates", "/nonexistent")]
    [InlineData("--ring takes a power of two", "--ring", "1000")]
    [InlineData("--delay-bound takes a time with its unit (ns, us, ms, s, m or h), auto, or 50us to 100ms, not '1'.", "--delay-bound", "1")]
    [InlineData("--delay-bound takes", "--delay-bound", "10us")]
    [InlineData("'soon' is no actuator", "--actuator", "soon")]
    [InlineData("--channel takes direct", "--channel", "carrier-pigeon")]
    [InlineData("--channel takes direct", "--channel", "virtio-serial:turn=0")]
    [InlineData("--channel takes direct", "--channel", "direct:1s")]
    [InlineData("--line-rate takes a rate such as 3Mpps", "--line-rate", "3")]
    [InlineData("--seeds takes a whole number from 1 to 1000", "--seeds", "0")]
    [InlineData("--warmup (1s) must be shorter than --duration (500ms)", "--duration", "500ms")]
    [InlineData("--duration takes a time", "--duration", "2h")]
    [InlineData("--tune-runs needs --tune.", "--tune-runs", "5")]
    [InlineData("--tune takes one --governor with options left open: optimal-available or arrival-envelope or drain-time, not 'max'.", "--tune", "--governor", "max")]
    [InlineData("--tune takes one", "--tune", "--governor", "optimal-available,drain-time")]
    [InlineData("--tune needs 2 seeds or more", "--tune", "--seeds", "1")]
    [InlineData("a simulation takes cores of 100 000", "--cycles-per-packet", "1000000")]
    [InlineData("does not go with these 21 P-states", "--governor", "index:30", "--traffic", "sparse")]
    public void What_is_wrong_is_said(string expected, params string[] arguments)
    {
        (int code, string output, string error) = Simulate.Run(arguments);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.StartsWith("hoststub: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optimal-available", 3e6, "optimal-available:delay-bound=1ms,peak=3000000")]
    [InlineData("optimal-available:peak=5,delay-bound=2ms", 3e6, "optimal-available:peak=5,delay-bound=2ms")]
    [InlineData("optimal-available", double.PositiveInfinity, "optimal-available:delay-bound=1ms,peak=0")]
    [InlineData("drain-time:rate-margin=1.1", 2e9, "drain-time:rate-margin=1.1,peak=1000000000")]
    [InlineData("ondemand", 3e6, "ondemand")]
    public void Governors_are_told_line_and_bound_unless_the_user_did(string text, double peak, string expected) =>
        Assert.Equal(expected, GovernorTexts.Configured(text, peak, SimTime.Millisecond));

    // C1 from 2 us on and left in 2 us, C1E 20 us and 10 us, C6 600 us and 133 us; waits end 5 us late besides.
    [Theory]
    [InlineData("", "")]
    [InlineData(",max-wait=0ns", "")]
    [InlineData(",max-wait=1us", ",wake-time=5us")]
    [InlineData(",max-wait=10us", ",wake-time=7us,idle-watts=1.1")]
    [InlineData(",max-wait=100us", ",wake-time=15us,idle-watts=0.6")]
    [InlineData(",max-wait=1ms", ",wake-time=138us,idle-watts=0.1")]
    [InlineData(",max-wait=1ms,wake-time=60us,idle-watts=1", "")]
    public void Who_may_wait_is_told_of_the_idle_state_that_the_longest_wait_reaches(string given, string added)
    {
        CoreModel core = Simulate.Read("--pstates", Path.Combine(AppContext.BaseDirectory, "examples", "idle-states.json")).Core;
        string text = $"optimal-available:delay-bound=1ms,peak=0{given}";
        Assert.Equal(text + added, GovernorTexts.Configured(text, 0, SimTime.Millisecond, idle: core.Idle));
    }

    [Fact]
    public void One_power_for_all_sleeps_takes_the_place_of_a_files_idle_states()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "examples", "idle-states.json");
        Assert.Equal(3, Simulate.Read("--pstates", file).Core.Idle.List.Count);
        Assert.Equal((0.3, 0L), Assert.Single(Simulate.Read("--pstates", file, "--idle-power", "0.3").Core.Idle.List) is var state ? (state.Watts, state.ExitLatency) : default);
    }

    [Theory]
    [InlineData("optimal-available:delay-bound=1ms,peak=0", "optimal-available:delay-bound=1ms,peak=0,watts=5.5/1.6")]
    [InlineData("optimal-available:delay-bound=1ms,peak=0,watts=4/2", "optimal-available:delay-bound=1ms,peak=0,watts=4/2")]
    [InlineData("speed-scaling", "speed-scaling")]
    public void The_powers_are_told_to_the_one_that_plans_with_them(string text, string expected) =>
        Assert.Equal(expected, GovernorTexts.Configured(text, 0, SimTime.Millisecond, watts: [5.5, 1.6]));
}
