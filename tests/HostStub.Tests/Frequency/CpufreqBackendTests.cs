using PollScale.Cpufreq;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Frequency;

public sealed class CpufreqBackendTests : IDisposable
{
    private const double TscHz = 1e9;
    private readonly TemporaryFolder _leases = new();
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
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            backend.TrySet(i % backend.PStates.Count, (ulong)i);
        }

        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
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
        FrequencyService service = new(new PolicyOptions { Granted = true }, backend, TscHz, 0);
        _kernel.Write("cpufreq/policy0/scaling_governor", "ondemand");

        FrequencyReply reply = service.Answer(0, new FrequencyCall(FrequencyOp.Max), 1);

        Assert.Equal(new FrequencyReply(FrequencyStatus.BackendFailed), reply);
        Assert.Contains("1 change: not made, for another program", Assert.Single(backend.Findings()));
    }

    [Fact]
    public void The_guest_is_told_what_was_really_granted()
    {
        using CpufreqBackend backend = Open();
        FrequencyService service = new(new PolicyOptions { Granted = true }, backend, TscHz, 0);
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1500000");

        Assert.Equal(new FrequencyReply(10), service.Answer(0, new FrequencyCall(FrequencyOp.Max), 1));
        Assert.Equal(1UL, service.Counters.Snapshot()[CallResult.Clamped]);
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

    private CpufreqBackend Open() => new(
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, _kernel)), TscHz, 0);
}
