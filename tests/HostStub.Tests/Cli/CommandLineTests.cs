using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Run;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class CommandLineTests
{
    private static readonly string s_policyExample = Path.Combine(AppContext.BaseDirectory, "examples", "policy.yaml");

    private static readonly string[] s_words =
    [
        "run", "demo", "simulate", "serve", "doctor", "--for", "--cycles", "--channel", "vm0:0:connect:/nonexistent", "vm0:0:", "--allow-queries", "--governor", "--tune", "optimal-available:bound-share=0.7", "--line-rate", "3Mpps", "--actuator", "guest.elf", "--", "--help", "-h", "--version", "--traffic", "--pcap", "--pcap-speed", "--duration", "--ring", "--frame-size",
        "--malformed", "--seed", "--pstates", "--fastest", "--slowest", "--budget", "--deny", "--policy", "--as", "--audit", "--memory", "--cpu", "--housekeeping-cpu", "--doorbell",
        "--frequency", "cpufreq", "simulated", "--allow-frequency-control", "--cpufreq-root", "--lease-dir", "--priority", "--timeout", "--watchdog", "--no-vm", "--json", "--guest", "bursty", "constant:rate=1Mpps", "poisson:rate=", "pcap:file=/dev/null",
        "onoff:high=2Mpps,on=20ms,off=80ms", "0", "1", "-1", "15s", "500ms", "1e9h", "1%", "101%", "imix", "64", "4096", "NaN", "Infinity", "max", "auto", "off",
        "hypercall", "/dev/null", "/dev/zero", "/nonexistent", "20000/200", "/", "999999999999999999999", "", " ", "@file", "[diagram]", "[suggest]", "--ring=64",
        "--memif", "s,role=server", "--json=maybe", "--deny:false", "\u0000", "\u001b[2J", "\ud800", "-?", "/?", "-", "---", "--no-vm --json", "ä", "'", "\"",
    ];

    [Theory]
    [InlineData("run", "guest.elf")]
    [InlineData("run", "guest.elf", "--traffic", "bursty", "--duration", "5s", "--json")]
    [InlineData("run", "guest.elf", "--no-vm", "--", "--ring", "x", "-h")]
    [InlineData("demo", "--cpu", "1", "--housekeeping-cpu", "0", "--budget", "100/3", "--malformed", "1%")]
    [InlineData("run", "guest.elf", "--frequency", "auto", "--fastest", "40")]
    [InlineData("run", "guest.elf", "--frequency", "cpufreq", "--allow-frequency-control", "--cpufreq-root", "/host/cpu", "--lease-dir", "/tmp")]
    public void Good_command_lines_run(params string[] arguments)
    {
        (int code, string error, RunOptions? options) = Invoke(arguments);

        Assert.Equal(0, code);
        Assert.Equal("", error);
        Assert.NotNull(options);
    }

    [Fact]
    public void Every_option_arrives()
    {
        (_, _, RunOptions? options) = Invoke(
            "run", "guest.elf", "--traffic", "poisson:rate=1Mpps", "--duration", "2m", "--ring", "1024", "--frame-size", "imix", "--malformed", "0.25", "--seed", "7",
            "--fastest", "2", "--slowest", "9", "--budget", "500/5", "--deny", "--memory", "128", "--cpu", "3", "--housekeeping-cpu", "4", "--doorbell", "port",
            "--priority", "normal", "--timeout", "1h", "--watchdog", "0", "--json", "--env", "A=1", "--env", "B=x y", "--", "-x", "--json");

        Assert.NotNull(options);
        Assert.Equal("guest.elf", options.Guest);
        Assert.Equal("poisson:rate=1Mpps", options.Traffic);
        Assert.Equal(TimeSpan.FromMinutes(2), options.Duration);
        Assert.Equal(10, options.Log2Ring);
        Assert.Equal("imix", options.FrameSizes.Name);
        Assert.Equal(0.25, options.Malformed);
        Assert.Equal(7ul, options.Seed);
        GuestPolicy guest = options.HostPolicy.Find(options.As)!;
        Assert.Equal(("2", "9", 500, 5, false), ($"{guest.Fastest}", $"{guest.Slowest}", guest.CallsPerSecond, guest.Burst, guest.Control));
        Assert.True(options.HostPolicy.IsEmulatedOnly);
        Assert.Equal((128, 3, 4), (options.MemoryMiB, options.Cpu, options.HousekeepingCpu));
        Assert.Equal((DoorbellChoice.Port, PriorityChoice.Normal), (options.Doorbell, options.Priority));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.Zero, true), (options.Timeout, options.Watchdog, options.Json));
        Assert.Equal(["-x", "--json"], options.GuestArguments);
        Assert.Equal(["A=1", "B=x y"], options.Environment);
    }

    [Theory]
    [InlineData("", "NAME=VALUE")]
    [InlineData("=x", "NAME=VALUE")]
    [InlineData("1A=x", "not beginning with a digit")]
    [InlineData("A B=x", "letters, digits and _")]
    [InlineData("HOME", "--env HOME=\"$HOME\"")]
    [InlineData("A=\0", "without a zero")]
    public void Environment_variables_are_checked(string variable, string expected)
    {
        (int code, string error, _) = Invoke("run", "guest.elf", "--env", variable);

        Assert.Equal(1, code);
        Assert.Contains("--env takes", error);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void An_environment_variable_is_given_once()
    {
        (int code, string error, _) = Invoke("demo", "--env", "A=1", "--env", "A=2");

        Assert.Equal(1, code);
        Assert.Contains("--env gives A twice", error);
    }

    [Fact]
    public void A_policy_file_pins_and_bounds_its_guest()
    {
        (int code, string error, RunOptions? options) = Invoke("run", "guest.elf", "--policy", s_policyExample, "--as", "forwarder", "--audit", "a.jsonl");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal((3, "forwarder", "a.jsonl", s_policyExample), (options!.Cpu, options.As, options.Audit, options.PolicyFile));
    }

    [Theory]
    [InlineData("--frequency", "cpufreq")]
    [InlineData("--frequency", "auto")]
    [InlineData("--frequency", "cpufreq", "--allow-frequency-control")]
    public void A_policy_file_that_gives_control_gives_the_real_clock(params string[] arguments)
    {
        (int code, string error, RunOptions? options) = Invoke(["run", "guest.elf", "--policy", s_policyExample, "--as", "forwarder", .. arguments]);

        Assert.Equal((0, ""), (code, error));
        Assert.Null(FrequencyParts.WhyNotReal(options!));
    }

    [Theory]
    [InlineData("--policy needs --as NAME", "--policy", "POLICY")]
    [InlineData("--as and --audit need --policy FILE", "--as", "forwarder")]
    [InlineData("has no guest named router. It has: forwarder, firewall, gateway, observer.", "--policy", "POLICY", "--as", "router")]
    [InlineData("--fastest and --policy exclude each other", "--policy", "POLICY", "--as", "forwarder", "--fastest", "1")]
    [InlineData("--deny and --policy exclude each other", "--policy", "POLICY", "--as", "forwarder", "--deny")]
    [InlineData("--cpu 1 contradicts the policy file, which pins vCPU 0 to pCPU 3", "--policy", "POLICY", "--as", "forwarder", "--cpu", "1")]
    [InlineData("/nonexistent: cannot be read", "--policy", "/nonexistent", "--as", "forwarder")]
    [InlineData("does not give observer control. Set control: true there.", "--policy", "POLICY", "--as", "observer", "--frequency", "cpufreq")]
    [InlineData("--allow-frequency-control contradicts the policy file, which does not give observer control.", "--policy", "POLICY", "--as", "observer", "--allow-frequency-control")]
    public void A_policy_that_does_not_fit_the_command_line_is_refused(string message, params string[] arguments)
    {
        (int code, string error, RunOptions? options) = Invoke(["run", "guest.elf", .. arguments.Select(a => a == "POLICY" ? s_policyExample : a)]);

        Assert.Equal((1, null), (code, options));
        Assert.Contains(message, error);
    }

    [Fact]
    public void A_demo_is_bursty_with_the_sample_guest()
    {
        RunOptions options = Invoke("demo").Options!;

        Assert.Equal("bursty", options.Traffic);
        Assert.True(options.IsDemo);
        Assert.Equal(GuestImage.Default(), options.Guest);
        Assert.Equal("queuescaler", Path.GetFileName(options.Guest));
        Assert.Equal("g", Invoke("demo", "--guest", "g").Options!.Guest);
    }

    [Theory]
    [InlineData("--ring takes a power of two from 32 to 16384, not '33'.", "--ring", "33")]
    [InlineData("--duration takes a time such as 500us, 15s, 2m or 1h (ns, us, ms, s, m or h; 1us to 30 days), not '0'.", "--duration", "0")]
    [InlineData("--watchdog takes a time such as 500us, 15s, 2m or 1h (ns, us, ms, s, m or h; 1us to 30 days, or 0), not '-1s'.", "--watchdog", "-1s")]
    [InlineData("--malformed takes a share such as 0.01 or 1% (0 to 1, or 0% to 100%), not '2'.", "--malformed", "2")]
    [InlineData("--doorbell takes one of auto, hypercall, port, mmio, not 'bell'.", "--doorbell", "bell")]
    [InlineData("--doorbell takes one of auto, hypercall, port, mmio, not '1'.", "--doorbell", "1")]
    [InlineData("--fastest takes a whole number from 0 to 20, not '21'.", "--fastest", "21")]
    [InlineData("Fastest P-state 5 is slower than slowest P-state 4: 0 is the fastest, so fastest must not exceed slowest.", "--fastest", "5", "--slowest", "4")]
    [InlineData("--memory takes an even number of MiB from 32 to 2048, not '33'.", "--memory", "33")]
    [InlineData("--cpu and --housekeeping-cpu are both 1: the guest needs a CPU for itself.", "--cpu", "1", "--housekeeping-cpu", "1")]
    [InlineData("--doorbell needs a VM: with --no-vm calls go through a socket. Leave one of the two out.", "--no-vm", "--doorbell", "mmio")]
    [InlineData("--pcap-speed needs --pcap FILE.", "--pcap-speed", "2")]
    [InlineData("--pcap-out names a file that this run reads: name another.", "--pcap", "a.pcap", "--pcap-out", "./a.pcap")]
    [InlineData("--default-route takes a whole number from 0 to 255, not '256'.", "--default-route", "256")]
    [InlineData("/nonexistent: cannot be opened: No such file or directory.", "--routes", "/nonexistent")]
    [InlineData("/dev/null: holds no route.", "--routes", "/dev/null")]
    [InlineData("--traffic and --pcap exclude each other: give one.", "--traffic", "bursty", "--pcap", "/dev/null")]
    [InlineData("traffic: 'foo' is no model: use constant", "--traffic", "foo")]
    [InlineData("Frame size \"63\" is not valid", "--frame-size", "63")]
    [InlineData("/nonexistent: cannot be read", "--pstates", "/nonexistent")]
    [InlineData("--budget takes calls a second", "--budget", "0")]
    [InlineData("--frequency takes one of simulated, cpufreq, auto, not 'real'.", "--frequency", "real")]
    [InlineData("--frequency cpufreq lets the guest change this machine's real clock: say that it may with --allow-frequency-control.", "--frequency", "cpufreq")]
    [InlineData("--deny and --allow-frequency-control contradict each other", "--deny", "--allow-frequency-control", "--frequency", "cpufreq")]
    [InlineData("--pstates describes a simulated core", "--frequency", "cpufreq", "--allow-frequency-control", "--pstates", "/dev/null/x")]
    [InlineData("--cpufreq-root needs --frequency cpufreq or auto.", "--cpufreq-root", "/tmp")]
    [InlineData("--lease-dir takes the path of a folder.", "--frequency", "auto", "--lease-dir", "")]
    [InlineData("--seed takes a whole number", "--seed", "-1")]
    [InlineData("Unrecognized command or argument '--frobnicate'", "--frobnicate")]
    public void A_wrong_option_is_named_with_its_remedy(string message, params string[] arguments)
    {
        (int code, string error, RunOptions? options) = Invoke(["demo", .. arguments]);

        if (arguments[0] != "--frobnicate")
        {
            Assert.Null(options);
            Assert.Equal(1, code);
            Assert.StartsWith($"hoststub: {message}", error);
        }
        else
        {
            // An unknown option reaches the guest's arguments only after --.
            Assert.True(code == 1 || options!.GuestArguments.Contains("--frobnicate"), error);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("demo", "-h")]
    [InlineData("simulate", "-h")]
    [InlineData("serve", "-h")]
    [InlineData("doctor", "-h")]
    public void Help_has_examples_and_every_exit_code(params string[] arguments)
    {
        StringWriter output = new();
        int code = new HostStubCommand(_ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, output, TextWriter.Null).Invoke(arguments);

        Assert.Equal(0, code);
        Assert.Contains("Examples:", output.ToString());
        Assert.All(Enum.GetValues<ExitCode>(), exit => Assert.Matches($@"(?m)^  {(int)exit} ", output.ToString()));
    }

    [Fact]
    public void Version_is_one_line()
    {
        StringWriter output = new();

        Assert.Equal(0, new HostStubCommand(_ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, output, TextWriter.Null).Invoke(["--version"]));
        Assert.Matches(@"^hoststub \d+\.\d+\.\d+\n$", output.ToString());
    }

    [Fact]
    public void A_defect_is_exit_code_70_with_a_message()
    {
        StringWriter error = new();
        int code = new HostStubCommand(_ => throw new InvalidDataException("boom"), _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, TextWriter.Null, error).Invoke(["demo"]);

        Assert.Equal(70, code);
        Assert.Contains("boom", error.ToString());
    }

    [Fact]
    public void Any_command_line_gives_an_exit_code_and_a_failed_one_a_message()
    {
        Prop.ForAll<(ushort Word, byte Kind, string Text)[], byte>((tokens, start) =>
        {
            List<string> arguments = (start % 6) switch { 0 => [], 1 => ["run", "guest.elf"], 2 => ["demo"], 3 => ["simulate"], 4 => ["doctor"], _ => ["run"] };
            foreach ((ushort word, byte kind, string text) in tokens)
            {
                string known = s_words[word % s_words.Length];
                arguments.Add((kind % 8) switch
                {
                    0 => text ?? "",
                    1 => known + text,
                    2 => known.Length > 1 ? known.Remove(word % known.Length, 1) : known,
                    3 => $"{known}={text}",
                    _ => known,
                });
            }

            (int code, string error, RunOptions? options) = Invoke([.. arguments]);
            Assert.Contains(code, (int[])[0, 1]);
            Assert.True(code == 0 || error.StartsWith("hoststub: ", StringComparison.Ordinal), $"{code}: {error}");
            Assert.True(options is null || code == 0);
            Assert.DoesNotContain("\u001b", error);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12_000));
    }

    private static (int Code, string Error, RunOptions? Options) Invoke(params string[] arguments)
    {
        StringWriter error = new();
        RunOptions? options = null;
        int code = new HostStubCommand(
            o =>
            {
                options = o;
                return ExitCode.Ok;
            },
            _ => ExitCode.Ok,
            _ => ExitCode.Ok,
            _ => ExitCode.Ok,
            _ => ExitCode.Ok,
            TextWriter.Null,
            error) { Peer = _ => ExitCode.Ok }.Invoke(arguments);
        return (code, error.ToString(), options);
    }
}
