using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public sealed class CpufreqTransportTests : IDisposable
{
    private readonly TemporaryFolder _leases = new();
    private readonly FakeCpufreq _kernel = new("haswell-acpi-cpufreq");

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void It_answers_every_call_as_a_loopback_host_does()
    {
        using CpufreqTransport transport = Open();
        LoopbackTransport loopback = new(transport.PStates);
        foreach (int op in Enumerable.Range(-1, HypercallAbi.OpCount + 3))
        {
            foreach (long argument in (long[])[0, 1, 5, 13, 14, -1, -64, long.MinValue, long.MaxValue])
            {
                FrequencyCall call = new((FrequencyOp)op, argument);

                Assert.Equal((call, loopback.Call(call)), (call, transport.Call(call)));
            }
        }
    }

    [Fact]
    public void A_call_changes_the_clock()
    {
        using CpufreqTransport transport = Open();

        Assert.Equal(new FrequencyReply(3), transport.Call(new FrequencyCall(FrequencyOp.SetPState, 3)));
        Assert.Equal("2200000", _kernel["cpufreq/policy0/scaling_cur_freq"]);
        Assert.Equal(("cpufreq", true, false, StatusPageLayout.StretchOne), (transport.Doorbell, transport.ControlGranted, transport.Emulated, transport.StretchQ16));
    }

    [Fact]
    public void It_starts_at_the_P_state_that_the_kernel_shows()
    {
        _kernel["cpufreq/policy0/scaling_cur_freq"] = "1900000";
        using CpufreqTransport transport = Open();

        Assert.Equal(new FrequencyReply(6), transport.Call(new FrequencyCall(FrequencyOp.GetPState)));
    }

    [Fact]
    public void The_reply_is_what_the_kernel_granted()
    {
        using CpufreqTransport transport = Open();
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1500000");

        Assert.Equal(new FrequencyReply(10), transport.Call(new FrequencyCall(FrequencyOp.Max)));
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Adjusted, 1_500_000), transport.LastResult);
    }

    [Theory]
    [InlineData(LibC.EACCES, -1)]
    [InlineData(LibC.EIO, -5)]
    [InlineData(LibC.EBUSY, -5)]
    [InlineData(LibC.EINVAL, -5)]
    public void Errors_are_those_of_the_ABI(int error, int status)
    {
        using CpufreqTransport transport = Open();
        transport.Call(new FrequencyCall(FrequencyOp.SetPState, 9));
        _kernel.WriteError = name => name == "scaling_setspeed" ? error : 0;

        Assert.Equal(new FrequencyReply(status), transport.Call(new FrequencyCall(FrequencyOp.Max)));
        Assert.Equal(new FrequencyReply(9), transport.Call(new FrequencyCall(FrequencyOp.GetPState)));
    }

    [Fact]
    public void Lost_control_is_EIO()
    {
        using CpufreqTransport transport = Open();
        _kernel.Write("cpufreq/policy0/scaling_governor", "ondemand");

        Assert.Equal(new FrequencyReply(FrequencyStatus.BackendFailed), transport.Call(new FrequencyCall(FrequencyOp.Max)));
        Assert.Equal(CpufreqOutcome.LostControl, transport.LastResult.Outcome);
    }

    [Fact]
    public void The_administrators_bounds_are_the_limits()
    {
        _kernel.Write("cpufreq/policy0/scaling_max_freq", "2000000");
        using CpufreqTransport transport = Open();

        Assert.Equal((5, 13), (transport.PStates.FastestAllowed, transport.PStates.SlowestAllowed));
        Assert.Equal(new FrequencyReply(5), transport.Call(new FrequencyCall(FrequencyOp.SetPState, 0)));
    }

    [Fact]
    public void A_scaler_drives_it_and_all_is_restored()
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        using (CpufreqTransport transport = Open())
        {
            using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = transport, Pinning = ThreadPinning.Ignore });

            Assert.Equal("2401000", _kernel["cpufreq/policy0/scaling_cur_freq"]);
        }

        Assert.Equal(before, _kernel.Snapshot());
    }

    [Fact]
    public void It_is_opened_when_asked_and_says_what_is_missing()
    {
        using TemporaryFolder root = new();
        CpufreqTransportOptions options = new() { Cpufreq = new CpufreqOptions { Root = root.Path, Cpu = 0, LeaseFolder = _leases.Path } };
        Assert.Contains("holds no policy", Assert.Throws<FrequencyControlUnavailableException>(() => FrequencyTransport.Open(options)).Message);

        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(root.Path);
        using IFrequencyTransport transport = FrequencyTransport.Open(options);

        Assert.IsType<CpufreqTransport>(transport);
    }

    private CpufreqTransport Open() => new(CpufreqScaler.Open(
        new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, _kernel)));
}
