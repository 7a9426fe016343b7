using PollScale.Cpufreq;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public sealed class LeaseSurveyTests : IDisposable
{
    private readonly TemporaryFolder _leases = new();

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void A_missing_folder_holds_none() => Assert.Empty(LeaseSurvey.Read(Path.Combine(_leases.Path, "none")));

    [Fact]
    public void A_live_owner_is_told_from_one_that_ended()
    {
        Write(1, LeaseOwner.Current());
        Write(2, LeaseOwner.Current() with { StartTicks = 1 });
        Write(3, LeaseOwner.Current() with { PidNamespace = "pid:[1]" });

        Assert.Equal([(1, true), (2, false), (3, (bool?)null)], LeaseSurvey.Read(_leases.Path).Select(lease => (lease.Policy, lease.IsHeld)));
    }

    [Fact]
    public void Garbage_is_said_to_be_and_stays()
    {
        string path = Path.Combine(_leases.Path, "cpufreq-policy7.lease.json");
        File.WriteAllText(path, "{");

        LeaseState lease = Assert.Single(LeaseSurvey.Read(_leases.Path));

        Assert.Equal((path, -1), (lease.Path, lease.Policy));
        Assert.NotNull(lease.Trouble);
        Assert.Equal("{", File.ReadAllText(path));
    }

    private void Write(int policy, LeaseOwner owner) => new LeaseFolder(_leases.Path).Write(
        new LeaseRecord(owner, "/cpu", policy, "acpi-cpufreq", new CpufreqPlan(CpufreqMethod.SetSpeed, "userspace"), new CpufreqSettings("ondemand", 1, 2, null, null)));
}
