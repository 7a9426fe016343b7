using PollScale.Cpufreq;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Frequency.Cpufreq;

public sealed class CpufreqBackendTests : IDisposable
{
    private const double TscHz = 1e9;
    private readonly TemporaryFolder _leases = new();
    private readonly List<string> _notices = [];
    private readonly FakeCpufreq _kernel = new("haswell-acpi-cpufreq");

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void It_publishes_what_the_kernel_shows_and_no_stretch()
    {
        using CpufreqBackend backend = Open();
        RecordingSink sink = new();
        backend.Attach(sink);

        Assert.True(backend.TrySet(5, 100));
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1450000");
        Assert.True(backend.TrySet(0, 200));

        Assert.Equal([(13, 1_200_000u, 0UL, 65536u), (5, 2_000_000u, 100UL, 65536u), (11, 1_400_000u, 200UL, 65536u)], sink.Published);
        Assert.Equal((11, false), (backend.Requested, backend.Emulated));
    }

    [Fact]
    public void A_change_allocates_nothing()
    {
        using TemporaryFolder root = new();
        CpufreqFixture.Load("skylake-intel-pstate-active").WriteTo(root.Path);
        using CpufreqBackend backend = new(CpufreqScaler.Open(new CpufreqOptions { Root = root.Path, Cpu = 0, LeaseFolder = _leases.Path }), TscHz, 0);
        backend.TrySet(1, 1);
        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                backend.TrySet(i % backend.PStates.Count, (ulong)i);
            }
        });
    }

    [Fact]
    public void Residency_counts_granted_P_states_and_no_power_is_claimed()
    {
        using CpufreqBackend backend = Open();
        backend.TrySet(0, 1_000_000_000);
        backend.TrySet(13, 3_000_000_000);

        EnergySnapshot energy = backend.Energy(4_000_000_000);
        Assert.Equal((2.0, 2.0, 2UL, false), (energy.ResidencySeconds[0], energy.ResidencySeconds[13], energy.Transitions, energy.HasPower));
    }

    [Fact]
    public void A_failed_change_is_EIO_for_the_guest_and_a_finding_for_the_host()
    {
        using CpufreqBackend backend = Open();
        VcpuService service = OneGuestLab.Service(backend, tscHz: TscHz);
        _kernel.Write("cpufreq/policy0/scaling_governor", "ondemand");

        FrequencyReply reply = service.Answer(0, new FrequencyCall(FrequencyOp.Max), 1);

        Assert.Equal(new FrequencyReply(FrequencyStatus.BackendFailed), reply);
        Assert.Contains("1 change: not made, for another program", Assert.Single(backend.Findings()));
    }

    [Fact]
    public void The_guest_is_told_what_was_really_granted()
    {
        using CpufreqBackend backend = Open();
        VcpuService service = OneGuestLab.Service(backend, tscHz: TscHz);
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1500000");

        Assert.Equal(new FrequencyReply(10), service.Answer(0, new FrequencyCall(FrequencyOp.Max), 1));
        Assert.Equal(1UL, service.Counters.Snapshot()[CallVerdict.Clamped]);
    }

    [Fact]
    public void Disposal_restores_and_tells_what_it_could_not()
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        CpufreqBackend backend = Open();
        backend.TrySet(2, 1);
        backend.Dispose();
        Assert.Equal(before, _kernel.Snapshot());
        Assert.Empty(backend.Findings());

        backend = Open();
        _kernel.WriteError = _ => LibC.EIO;
        backend.Dispose();
        Assert.Contains("should be 'schedutil'", Assert.Single(backend.Findings()));
    }

    [Fact]
    public void A_wish_that_is_in_force_is_looked_at()
    {
        using CpufreqBackend backend = Open();
        Assert.True(backend.TrySet(0, 1));
        _kernel.Write("cpufreq/policy0/scaling_governor", "powersave");

        Assert.False(backend.TrySet(0, 2));
        Assert.Equal(13, backend.Requested);
    }

    [Fact]
    public void What_another_program_changed_is_seen_within_a_second_and_told_as_it_is_and_taken_back()
    {
        using CpufreqBackend backend = Open();
        RecordingSink sink = new();
        backend.Attach(sink);
        Assert.True(backend.TrySet(0, 1));
        _kernel.Write("cpufreq/policy0/scaling_governor", "powersave");

        Seconds(backend, 1, 1.1);
        Assert.Equal((13, 1_200_000u), (sink.Published[^1].Item1, sink.Published[^1].Item2));
        Assert.Contains("scaling_governor is 'powersave'", Assert.Single(_notices));
        Assert.True(backend.IsLost);

        Seconds(backend, 1.2, 10);
        Assert.Contains("works again", _notices[1]);
        Assert.Equal((0, "2401000"), (backend.Requested, _kernel["cpufreq/policy0/scaling_cur_freq"]));
    }

    [Fact]
    public void While_it_is_lent_what_somebody_else_sets_stands_and_is_told()
    {
        using CpufreqBackend backend = Open();
        RecordingSink sink = new();
        backend.Attach(sink);
        Assert.True(backend.TrySet(0, 1));
        backend.Show(backend.PStates[5], 1);
        Assert.Equal(0, backend.Requested); // not lent

        backend.IsLent = true;
        _kernel.Write("cpufreq/policy0/scaling_setspeed", $"{backend.PStates[3]}");
        backend.Renew(2);
        Assert.Equal(3, backend.Requested);
        _kernel.Write("cpufreq/policy0/scaling_setspeed", $"{backend.PStates[5]}");
        backend.Show(backend.PStates[5], 3);
        Assert.Equal((5, backend.PStates[5]), (backend.Requested, sink.Published[^1].KHz));

        backend.IsLent = false;
        backend.Renew(4);
        Assert.Equal(5, backend.Requested); // what was in force at the end stays
        _kernel.Write("cpufreq/policy0/scaling_setspeed", $"{backend.PStates[1]}");
        backend.Renew(5);
        Assert.Equal((5, $"{backend.PStates[5]}"), (backend.Requested, _kernel["cpufreq/policy0/scaling_setspeed"]));
    }

    [Fact]
    public void The_first_failure_and_the_recovery_are_told_each_once_with_how_many_failed()
    {
        using CpufreqBackend backend = Open();
        Assert.True(backend.TrySet(0, 1));
        _kernel.WriteError = name => name == "scaling_setspeed" ? LibC.EIO : 0;
        for (int i = 0; i < 50; i++)
        {
            Assert.False(backend.TrySet(13, 2));
        }

        backend.Poll(3);
        Assert.Contains("fails from now on: failed in the driver (EIO)", Assert.Single(_notices));
        Seconds(backend, 0.1, 5);
        Assert.Single(_notices);

        _kernel.WriteError = _ => 0;
        Seconds(backend, 5.1, 7);
        Assert.Contains("failed meanwhile: 50.", _notices[1]);
        Assert.Equal(0, backend.Requested);
        Assert.Contains(backend.Findings(), finding => finding.Contains("50 changes: failed in the driver", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_that_fails_to_and_fro_is_told_seldom()
    {
        using CpufreqBackend backend = Open();
        for (int second = 0; second < 60; second++)
        {
            _kernel.WriteError = _ => LibC.EIO;
            backend.TrySet(second % 14, (ulong)(second * TscHz));
            _kernel.WriteError = _ => 0;
            Seconds(backend, second, second + 0.9);
        }

        Assert.InRange(_notices.Count, 2, 14);
    }

    [Fact]
    public void A_policy_made_anew_is_taken_over_again_with_the_wish_that_was()
    {
        using CpufreqBackend backend = Open();
        Assert.True(backend.TrySet(5, 1));
        _kernel.Remove("cpufreq/policy0");
        Seconds(backend, 1, 3);
        Assert.Contains("does not exist", Assert.Single(_notices));
        Assert.False(backend.TrySet(5, 4));

        _kernel.Add("cpufreq/policy0", CpufreqFixture.Load("haswell-acpi-cpufreq"));
        Seconds(backend, 4, 6);
        Assert.Equal(("userspace", "2000000"), (_kernel["cpufreq/policy0/scaling_governor"], _kernel["cpufreq/policy0/scaling_cur_freq"]));
        Assert.Equal(3, _notices.Count);
        Assert.True(backend.TrySet(0, 7));
    }

    [Fact]
    public void A_cpu_that_was_offline_gets_its_wish_again()
    {
        using CpufreqBackend backend = Open();
        Assert.True(backend.TrySet(5, 1));
        _kernel.ReadError = _ => LibC.EBUSY;
        _kernel.WriteError = _ => LibC.EBUSY;
        Seconds(backend, 1, 2);
        Assert.False(backend.TrySet(5, 3));
        Assert.Contains("offline", Assert.Single(_notices));

        _kernel.ReadError = _ => 0;
        _kernel.WriteError = _ => 0;
        _kernel.Write("cpufreq/policy0/scaling_setspeed", "1200000");
        Seconds(backend, 4, 6);
        Assert.Equal("2000000", _kernel["cpufreq/policy0/scaling_cur_freq"]);
        Assert.Contains("works again", _notices[1]);
    }

    [Fact]
    public void Bounds_that_rise_are_followed_and_told()
    {
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1500000");
        using CpufreqBackend backend = Open();
        Assert.Equal(10, backend.PStates.FastestAllowed);
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "2401000");
        Seconds(backend, 1, 2);

        Assert.Equal(0, backend.PStates.FastestAllowed);
        Assert.Contains("now allow 1200000 to 2401000", Assert.Single(_notices));
    }

    [Fact]
    public void Looking_where_nothing_changed_writes_nothing()
    {
        using CpufreqBackend backend = Open();
        Assert.True(backend.TrySet(5, 1));
        int writes = _kernel.Writes.Count;
        Seconds(backend, 0, 20);

        Assert.Equal(writes, _kernel.Writes.Count);
        Assert.Empty(_notices);
    }

    private static void Seconds(CpufreqBackend backend, double from, double to)
    {
        for (double second = from; second <= to; second += 0.1)
        {
            backend.Poll((ulong)(second * TscHz));
        }
    }

    private CpufreqBackend Open() => new(
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, _kernel)), TscHz, 0, new LineLogger(_notices.Add));
}
