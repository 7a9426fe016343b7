using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

[Collection("children")]
public sealed class TransportSurveyTests : IDisposable
{
    private static readonly string[] s_names = ["hypercall", "port", "mmio", "region", "guest-channel", "cpufreq", "socket", "loopback"];
    private readonly TemporaryFolder _root = new();
    private readonly TemporaryFolder _leases = new();

    public void Dispose()
    {
        _root.Dispose();
        _leases.Dispose();
    }

    [Fact]
    public void On_an_empty_machine_only_loopback_works_and_all_else_has_a_reason_and_a_remedy()
    {
        IReadOnlyList<TransportReport> reports = Survey((_, _) => default, new ProbeResult(ProbeOutcome.Killed, LibC.SIGILL));

        Assert.Equal(s_names, reports.Select(report => report.Name));
        Assert.Equal(["loopback"], reports.Where(report => report.Usable).Select(report => report.Name));
        Assert.All(reports, report => Assert.NotEqual("", report.Why));
        Assert.All(reports, report => Assert.Equal(report.Usable, report.WhatToDo.Length == 0));
        Assert.Contains("killed by SIGILL", Of(reports, "hypercall").Why);
    }

    [Theory]
    [InlineData(Doorbells.Hypercall, true)]
    [InlineData(Doorbells.Port, false)]
    public void The_hypercall_is_usable_where_the_host_offers_it(Doorbells offered, bool usable)
    {
        FakeHost host = new();
        host[HypercallAbi.CpuidBase + 1] = new(1, (uint)offered, HypercallAbi.PortBase, 3);

        TransportReport report = Of(Survey(host.Reader, default), "hypercall");

        Assert.Equal(usable, report.Usable);
        Assert.Equal(usable, !report.WhatToDo.Contains("CONFIG_KVM_XEN", StringComparison.Ordinal));
    }

    [Fact]
    public void A_host_of_another_version_spoils_its_doorbells_only()
    {
        FakeHost host = new();
        host[HypercallAbi.CpuidBase + 1] = new(2, 7, HypercallAbi.PortBase, 3);

        IReadOnlyList<TransportReport> reports = Survey(host.Reader, default);

        Assert.All((string[])["hypercall", "port", "mmio"], name => Assert.Contains("version 2", Of(reports, name).Why));
        Assert.True(Of(reports, "loopback").Usable);
    }

    [Theory]
    [InlineData(ProbeOutcome.Usable, (1 << 16) | 21, true)]
    [InlineData(ProbeOutcome.Usable, 0, false)]
    [InlineData(ProbeOutcome.Refused, -1, false)]
    [InlineData(ProbeOutcome.TimedOut, 0, false)]
    public void Without_cpuid_the_hypercall_counts_only_when_Hello_is_answered(object outcome, long value, bool usable) =>
        Assert.Equal(usable, Of(Survey((_, _) => default, new ProbeResult((ProbeOutcome)outcome, value)), "hypercall").Usable);

    [Fact]
    public void A_port_of_the_guest_channel_is_found_by_lcore()
    {
        string folder = Path.Combine(_root.Path, "dev/virtio-ports");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "virtio.serial.port.poweragent.3"), "");

        Assert.True(Of(Survey((_, _) => default, default, lcore: 3), "guest-channel").Usable);
        Assert.False(Of(Survey((_, _) => default, default, lcore: 2), "guest-channel").Usable);
    }

    [Fact]
    public void A_policy_counts_until_another_holds_it()
    {
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(_root.Path);
        CpufreqTree tree = new(_root.Path);

        TransportReport free = Of(Survey((_, _) => default, default), "cpufreq");
        Assert.True(free.Usable, free.Why);
        Assert.Contains("acpi-cpufreq", free.Why);
        Assert.Empty(Directory.GetFileSystemEntries(_leases.Path));

        CpufreqPolicy policy = tree.Read(0);
        new LeaseFolder(_leases.Path).Write(new LeaseRecord(LeaseOwner.Current(), tree.Root, 0, policy.DriverName, new CpufreqPlan(CpufreqMethod.SetSpeed, "userspace"), new CpufreqSettings("ondemand", policy.MinKHz, policy.MaxKHz, null, null)));
        TransportReport held = Of(Survey((_, _) => default, default), "cpufreq");
        Assert.False(held.Usable);
        Assert.Contains($"process {Environment.ProcessId}", held.Why);
    }

    [Fact]
    public void A_socket_counts_when_it_is_one()
    {
        int socket = LibC.socket(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0);

        Assert.True(Of(Survey((_, _) => default, default, socket: socket), "socket").Usable);
        _ = LibC.close(socket);
        Assert.False(Of(Survey((_, _) => default, default, socket: int.MaxValue), "socket").Usable);
    }

    [Fact]
    public void The_survey_of_this_machine_returns()
    {
        IReadOnlyList<TransportReport> reports = FrequencyTransport.Survey();

        Assert.Equal(s_names, reports.Select(report => report.Name));
        Assert.Equal(new CpufreqTree().PolicyNumbers().Count == 0, Of(reports, "cpufreq").Why.Contains("holds no policy", StringComparison.Ordinal));
    }

    private static TransportReport Of(IReadOnlyList<TransportReport> reports, string name) => reports.Single(report => report.Name == name);

    private IReadOnlyList<TransportReport> Survey(CpuidReader cpuid, ProbeResult probe, int lcore = 0, int socket = -1) => new TransportSurvey(
        new TransportSurveyOptions { Root = _root.Path, CpufreqRoot = _root.Path, Cpu = 0, LeaseFolder = _leases.Path, Lcore = lcore, SocketFd = socket }, cpuid, () => probe, cpuid).Run();
}
