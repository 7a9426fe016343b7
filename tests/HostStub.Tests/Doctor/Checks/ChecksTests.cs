using PollScale.Cpufreq;
using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Checks;
using PollScale.HostStub.Doctor.Files;
using PollScale.Native;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Doctor.Checks;

public sealed class ChecksTests : IDisposable
{
    private const string Siblings = "/sys/devices/system/cpu/cpu1/topology/thread_siblings_list";
    private const string Isolated = "/sys/devices/system/cpu/isolated";
    private const string ClockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("666", nameof(FindingStatus.Warning), "Every user")]
    [InlineData("660", nameof(FindingStatus.Ok), "Who is in group kvm")]
    [InlineData("600", nameof(FindingStatus.Ok), "Only root")]
    public void The_mode_of_dev_kvm_says_who_can_start_vms(string mode, string status, string consequence)
    {
        _machine.DeviceOwner = new FileOwner("root", "kvm", Convert.ToInt32(mode, 8), IsDevice: true);

        Finding finding = Kvm(new KvmFacts(null, "kvm_amd", 0))[1];

        Assert.Equal(status, finding.Status.ToString());
        Assert.Contains($"root:kvm, mode 0{mode}", finding.What);
        Assert.StartsWith(consequence, finding.Why);
    }

    [Fact]
    public void Owner_and_group_have_the_names_of_the_machines_databases()
    {
        _machine.With("/dev/kvm", "").With("/etc/passwd", $"x:x:99999:1::/:\nme:x:{LibC.geteuid()}:0::/:");

        Finding finding = Kvm(new KvmFacts(null, "kvm_amd", 0))[1];

        Assert.Contains("belongs to me:", finding.What);
        Assert.Contains("no character device", finding.What);
    }

    [Fact]
    public void Without_dev_kvm_there_is_a_problem_and_no_owner()
    {
        List<Finding> findings = Kvm(new KvmFacts("/dev/kvm does not exist", "unknown", 0));

        Assert.Equal([FindingStatus.Problem, FindingStatus.NotHere], findings.Select(f => f.Status));
        Assert.Contains("--no-vm", findings[0].WhatToDo);
    }

    [Theory]
    [InlineData(null, 0x2, nameof(FindingStatus.Ok))]
    [InlineData(null, 0x3f, nameof(FindingStatus.Ok))]
    [InlineData(null, 0x1, nameof(FindingStatus.Warning))]
    [InlineData(null, 0, nameof(FindingStatus.Warning))]
    [InlineData("forbidden", 0, nameof(FindingStatus.NotHere))]
    public void The_hypercall_exit_needs_the_intercept_bit(string? problem, int flags, string status) =>
        Assert.Equal(status, Assert.Single(new HypercallExitCheck(new KvmFacts(problem, "kvm_intel", flags)).Run()).Status.ToString());

    [Theory]
    [InlineData("haswell-acpi-cpufreq", "userspace governor")]
    [InlineData("skylake-intel-pstate-active", "chooses itself")]
    [InlineData("zen-amd-pstate-guided", "userspace governor")]
    public void A_policy_that_may_be_written_is_good(string fixture, string why)
    {
        Finding[] findings = Cpufreq(new FakeCpufreq(fixture));

        Assert.Equal(["cpufreq", "cpufreq-access"], findings.Select(f => f.Name));
        Assert.Contains(why, findings[0].Why);
        Assert.Equal(FindingStatus.Ok, findings[1].Status);
    }

    [Theory]
    [InlineData(LibC.EACCES, "Run as root")]
    [InlineData(LibC.EROFS, "writable into the container")]
    public void A_policy_that_may_not_be_written_is_a_problem_with_its_remedy(int error, string remedy)
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq") { OpenError = error };

        Finding access = Cpufreq(kernel)[1];

        Assert.Equal(FindingStatus.Problem, access.Status);
        Assert.Contains(remedy, access.WhatToDo);
        Assert.Empty(kernel.Writes);
    }

    [Fact]
    public void A_machine_without_cpufreq_is_said_not_to_have_it()
    {
        Finding finding = Assert.Single(new CpufreqCheck(new CpufreqTree(_machine.Root), 1, _machine.Root).Run());

        Assert.Equal(("cpufreq", FindingStatus.NotHere), (finding.Name, finding.Status));
    }

    [Fact]
    public void A_lease_left_over_is_a_warning_that_names_the_governor()
    {
        new LeaseFolder(_machine.Root).Write(Lease(LeaseOwner.Current() with { StartTicks = 1 }));

        Finding finding = Assert.Single(new LeaseCheck(_machine.Root).Run());

        Assert.Equal(FindingStatus.Warning, finding.Status);
        Assert.Contains("ended without restoring policy 3, whose governor was ondemand", finding.What);
    }

    [Fact]
    public void Leases_that_are_held_missing_or_garbage_are_told_apart()
    {
        Assert.Equal(FindingStatus.Ok, Assert.Single(new LeaseCheck(_machine.Root).Run()).Status);
        new LeaseFolder(_machine.Root).Write(Lease(LeaseOwner.Current()));
        Assert.Contains($"Process {Environment.ProcessId}", Assert.Single(new LeaseCheck(_machine.Root).Run()).What);
        _machine.With("/cpufreq-policy9.lease.json", "[]");
        Assert.Equal([FindingStatus.Ok, FindingStatus.Problem], new LeaseCheck(_machine.Root).Run().Select(f => f.Status));
    }

    [Theory]
    [InlineData("0,1", 1, nameof(FindingStatus.Ok))]
    [InlineData("1", 1, nameof(FindingStatus.Warning))]
    [InlineData("0,1", 2, nameof(FindingStatus.Problem))]
    public void The_lcore_needs_its_cpu_and_the_rest_another(string allowed, int cpu, string status) =>
        Assert.Equal(status, Assert.Single(new PinningCheck([.. allowed.Split(',').Select(int.Parse)], cpu).Run()).Status.ToString());

    [Theory]
    [InlineData("1", nameof(FindingStatus.Ok))]
    [InlineData("1,5", nameof(FindingStatus.Warning))]
    [InlineData("2", nameof(FindingStatus.Warning))]
    [InlineData(null, nameof(FindingStatus.NotHere))]
    public void Siblings_are_told(string? list, string status)
    {
        if (list is not null)
        {
            _machine.With(Siblings, list);
        }

        Assert.Equal(status, Smt().Status.ToString());
    }

    [Fact]
    public void A_sibling_is_named()
    {
        _machine.With(Siblings, "1,5");

        Assert.Contains("cpu5/online", Smt().WhatToDo);
    }

    [Fact]
    public void A_forbidden_topology_is_a_warning()
    {
        _machine.With(Siblings, "1").Forbidden.Add(Siblings);

        Assert.Contains("Permission denied", Smt().What);
    }

    [Theory]
    [InlineData("1-3", nameof(FindingStatus.Ok))]
    [InlineData("2-3", nameof(FindingStatus.Warning))]
    [InlineData("", nameof(FindingStatus.Warning))]
    [InlineData("(null)", nameof(FindingStatus.Warning))]
    [InlineData("garbage", nameof(FindingStatus.Warning))]
    [InlineData(null, nameof(FindingStatus.NotHere))]
    public void Isolation_is_that_of_the_lcores_cpu(string? list, string status)
    {
        if (list is not null)
        {
            _machine.With(Isolated, list).With("/sys/devices/system/cpu/nohz_full", list);
        }

        Assert.Equal([("isolation", status), ("nohz-full", status)], new IsolationCheck(_machine, 1).Run().Select(f => (f.Name, f.Status.ToString())));
    }

    [Fact]
    public void A_forbidden_isolation_file_is_no_crash()
    {
        _machine.With(Isolated, "1").Forbidden.Add(Isolated);

        Assert.Contains("Permission denied", new IsolationCheck(_machine, 1).Run().First().What);
    }

    [Theory]
    [InlineData(true, null, nameof(FindingStatus.Ok), "invariant")]
    [InlineData(false, "tsc", nameof(FindingStatus.Warning), "the kernel trusts it")]
    [InlineData(false, "hpet", nameof(FindingStatus.Warning), "does not promise an invariant TSC. The kernel's clock source is hpet")]
    [InlineData(false, null, nameof(FindingStatus.Warning), "does not promise an invariant TSC.")]
    public void The_tsc_is_judged_with_the_kernels_clock_source(bool invariant, string? source, string status, string what)
    {
        if (source is not null)
        {
            _machine.With(ClockSource, source);
        }

        Finding finding = Assert.Single(new TscCheck(_machine, invariant).Run());
        Assert.Equal(status, finding.Status.ToString());
        Assert.Contains(what, finding.What);
    }

    [Fact]
    public void Hypercalls_can_be_observed_or_it_is_told_why_not()
    {
        Finding can = Find(ServeCheck.Hypercalls, unobserved: null), cannot = Find(ServeCheck.Hypercalls, unobserved: "no tracefs: mount it");
        Assert.Equal((FindingStatus.Ok, FindingStatus.NotHere), (can.Status, cannot.Status));
        Assert.Contains("no tracefs: mount it", cannot.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Hypercalls_can_be_answered_by_the_module_or_it_is_told_why_not()
    {
        Finding can = Find(ServeCheck.Module, noModule: null), cannot = Find(ServeCheck.Module, noModule: "no module: load it");
        Assert.Equal((FindingStatus.Ok, FindingStatus.NotHere), (can.Status, cannot.Status));
        Assert.Contains("no module: load it", cannot.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Hypercalls_can_be_answered_by_a_program_or_it_is_told_why_not()
    {
        Finding can = Find(ServeCheck.Program, noProgram: null), cannot = Find(ServeCheck.Program, noProgram: "locked down");
        Assert.Equal((FindingStatus.Ok, FindingStatus.NotHere), (can.Status, cannot.Status));
        Assert.Contains("locked down", cannot.What, StringComparison.Ordinal);
    }

    private Finding Find(string name, string? unobserved = "", string? noProgram = "", string? noModule = "") =>
        new ServeCheck(_machine, () => 0, () => true, () => unobserved, () => noProgram, () => noModule).Run().Single(finding => finding.Name == name);

    [Theory]
    [InlineData(true, nameof(FindingStatus.Ok))]
    [InlineData(false, nameof(FindingStatus.Warning))]
    public void Whether_serving_threads_come_first_is_told(bool permitted, string status)
    {
        Finding finding = Assert.Single(new ServeCheck(_machine, () => 0, () => permitted, () => null, () => null, () => null).Run(), finding => finding.Name == ServeCheck.Priority);
        Assert.Equal(status, finding.Status.ToString());
    }

    [Theory]
    [InlineData(0, true, nameof(FindingStatus.Ok))]
    [InlineData(0, false, nameof(FindingStatus.Warning))]
    [InlineData(LibC.EACCES, true, nameof(FindingStatus.Problem))]
    public void Serving_needs_sockets_and_for_ptys_their_device(int socketError, bool ptmx, string status)
    {
        if (ptmx)
        {
            _machine.With("/dev/ptmx", "");
        }

        Assert.Equal(status, new ServeCheck(_machine, () => socketError, () => true, () => null, () => null, () => null).Run().First().Status.ToString());
    }

    private static LeaseRecord Lease(LeaseOwner owner) =>
        new(owner, "/cpu", 3, "acpi-cpufreq", new CpufreqPlan(CpufreqMethod.SetSpeed, "userspace"), new CpufreqSettings("ondemand", 1, 2, null, null));

    private List<Finding> Kvm(KvmFacts facts) => [.. new KvmCheck(_machine, facts).Run()];

    private Finding[] Cpufreq(FakeCpufreq kernel) => [.. new CpufreqCheck(new CpufreqTree(FakeCpufreq.Root, kernel), 0, _machine.Root).Run()];

    private Finding Smt() => Assert.Single(new SmtCheck(_machine, 1).Run());
}
