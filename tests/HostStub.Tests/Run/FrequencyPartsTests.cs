using PollScale.Clock;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Run;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

public sealed class FrequencyPartsTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly TemporaryFolder _leases = new();
    private readonly List<string> _notes = [];

    public void Dispose()
    {
        _root.Dispose();
        _leases.Dispose();
    }

    [Fact]
    public void Cpufreq_serves_the_machines_P_states_and_restores_them()
    {
        CpufreqFixture.Load("zen-amd-pstate-active").WriteTo(_root.Path);
        using (FrequencyParts parts = Make(Options()))
        {
            Assert.Equal((56, false, "amd-pstate-epp, bounds"), (parts.Backend.PStates.Count, parts.Backend.Emulated, parts.TableName));
            Assert.Equal(new FrequencyReply(10), Start(parts, Options()).Service.Answer(0, new FrequencyCall(FrequencyOp.SetPState, 10), TscClock.Now));
            Assert.Equal($"{parts.Backend.PStates[10]}", Shown("scaling_max_freq"));
        }

        Assert.Equal(("powersave", "400000", "5881000"), (Shown("scaling_governor"), Shown("scaling_min_freq"), Shown("scaling_max_freq")));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Nothing_is_touched_without_the_grant()
    {
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(_root.Path);

        RunOptions refused = Options() with { HostPolicy = OneGuest.Policy(OneGuest.Guest) };
        using FrequencyParts parts = Make(refused with { Frequency = FrequencyChoice.Auto });

        Assert.True(parts.Backend.Emulated);
        Assert.Equal("schedutil", Shown("scaling_governor"));
        Assert.Contains("--allow-frequency-control", Assert.Single(_notes));
        Assert.Contains("--allow-frequency-control", Assert.Throws<GuestSetupException>(() => Make(refused)).Message);
    }

    [Fact]
    public void A_machine_without_cpufreq_is_an_error_or_with_auto_a_note()
    {
        Assert.Contains("holds no policy", Assert.Throws<GuestSetupException>(() => Make(Options())).Message);

        using FrequencyParts parts = Make(Options() with { Frequency = FrequencyChoice.Auto });

        Assert.True(parts.Backend.Emulated);
        Assert.Contains("holds no policy", Assert.Single(_notes));
    }

    [Fact]
    public void Bounds_of_the_administrator_and_of_the_options_both_hold()
    {
        CpufreqFixture.Load("haswell-acpi-cpufreq").With(("cpufreq/policy0/scaling_max_freq", "2000000")).WriteTo(_root.Path);

        using FrequencyParts parts = Make(Options());

        using RunPolicy policy = Start(parts, Bounded(0, 8));
        PStateTable allowed = policy.Service.PStates;
        Assert.Equal((5, 8), (allowed.FastestAllowed, allowed.SlowestAllowed));
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(0, 3)]
    public void Bounds_that_leave_nothing_are_an_error_and_all_is_restored(int fastest, int slowest)
    {
        CpufreqFixture.Load("haswell-acpi-cpufreq").With(("cpufreq/policy0/scaling_max_freq", "2000000")).WriteTo(_root.Path);

        using (FrequencyParts parts = Make(Options()))
        {
            Assert.StartsWith("--fastest and --slowest: ", Assert.Throws<PolicyException>(() => Start(parts, Bounded(fastest, slowest))).Message);
        }

        Assert.Equal("schedutil", Shown("scaling_governor"));
        Assert.Empty(Directory.GetFiles(_leases.Path, "*.json"));
    }

    private RunOptions Options() => new()
    {
        Guest = "guest",
        PStates = PStateFile.Default(),
        Frequency = FrequencyChoice.Cpufreq,
        HostPolicy = OneGuest.Policy(OneGuest.Guest, allowsReal: true),
        CpufreqRoot = _root.Path,
        LeaseFolder = _leases.Path,
    };

    private RunOptions Bounded(int fastest, int slowest) => Options() with
    {
        HostPolicy = OneGuest.Policy(OneGuest.Guest with { Fastest = HostLab.Index(fastest), Slowest = HostLab.Index(slowest) }, allowsReal: true),
    };

    private RunPolicy Start(FrequencyParts parts, RunOptions options) => new(options, 0, parts.Backend, TscHz, new LineLogger(_notes.Add));

    private FrequencyParts Make(RunOptions options) => FrequencyParts.Make(options, 0, TscHz, new LineLogger(_notes.Add));

    private static double TscHz => TscClock.FrequencyKHz * 1000.0;

    private string Shown(string name) => File.ReadLines(_root[$"cpufreq/policy0/{name}"]).First();
}
