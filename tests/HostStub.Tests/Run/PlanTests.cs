using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Run;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

public class PlanTests
{
    [Theory]
    [InlineData(null, null, 5, 2)]
    [InlineData(2, null, 2, 3)]
    [InlineData(null, 5, 3, 5)]
    [InlineData(3, 5, 3, 5)]
    public void Guest_and_housekeeping_get_CPUs_of_their_own(int? guest, int? housekeeping, int guestCpu, int housekeepingCpu) =>
        Assert.Equal(new CpuPlan(guestCpu, housekeepingCpu), CpuPlan.Make(guest, housekeeping, [2, 3, 5], traffic: true));

    [Fact]
    public void A_CPU_that_is_not_allowed_or_a_single_one_is_refused()
    {
        Assert.Contains("CPU 4", Assert.Throws<GuestSetupException>(() => CpuPlan.Make(4, null, [0, 1], traffic: false)).Message);
        Assert.Contains("second CPU", Assert.Throws<GuestSetupException>(() => CpuPlan.Make(null, null, [0], traffic: true)).Message);
    }

    [Fact]
    public void Without_traffic_one_CPU_does() => Assert.Equal(new CpuPlan(3, 3), CpuPlan.Make(null, null, [3], traffic: false));

    [Theory]
    [InlineData("6.11.0", 950_000, false, true)]
    [InlineData("6.12.0", 950_000, false, false)]
    [InlineData("6.18.0", 950_000, true, true)]
    [InlineData("6.18.0", 950_000, null, true)]
    [InlineData("6.18.0", null, false, false)]
    [InlineData("5.10.0", -1, null, false)]
    public void Real_time_threads_are_throttled_by_old_kernels_and_by_groups(string kernel, int? runtime, bool? groups, bool throttled) =>
        Assert.Equal(throttled, PriorityPlan.IsThrottled(new Version(kernel), runtime, groups));

    [Theory]
    [InlineData(true, true, 1, SchedulingClass.Normal, SchedulingClass.Normal)]
    [InlineData(false, true, 2, SchedulingClass.Nice, SchedulingClass.Normal)]
    [InlineData(true, true, 2, SchedulingClass.RealTime, SchedulingClass.Normal)]
    [InlineData(true, true, 3, SchedulingClass.RealTime, SchedulingClass.RealTime)]
    [InlineData(false, true, 8, SchedulingClass.Nice, SchedulingClass.Nice)]
    [InlineData(false, false, 8, SchedulingClass.Normal, SchedulingClass.Normal)]
    internal void Priority_by_itself_leaves_a_CPU_to_others(bool realTime, bool nice, int cpus, SchedulingClass guest, SchedulingClass traffic) =>
        Assert.Equal(new PriorityPlan(guest, traffic), PriorityPlan.Auto(realTime, nice, cpus));

    [Fact]
    public void The_watchdog_bites_after_the_limit_and_only_without_polls()
    {
        PollWatchdog watchdog = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        Assert.Null(watchdog.Check(LcoreState.Polling, 1, At(0.1)));
        for (int i = 2; i < 100; i++)
        {
            Assert.Null(watchdog.Check(LcoreState.Polling, (ulong)i, At(i * 0.1)));
        }

        string? cause = null;
        int silent = 0;
        for (int i = 100; cause is null; i++, silent++)
        {
            cause = watchdog.Check(LcoreState.Polling, 99, At(i * 0.1));
        }

        Assert.Equal("no poll for 2.0 s", cause);
        Assert.InRange(silent, 20, 22);
    }

    [Fact]
    public void A_counter_that_wraps_or_a_guest_that_is_done_is_alive()
    {
        PollWatchdog watchdog = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        Assert.Null(watchdog.Check(LcoreState.Polling, ulong.MaxValue, At(0)));
        Assert.Null(watchdog.Check(LcoreState.Polling, 0, At(0.2)));
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(watchdog.Check(LcoreState.Done, 0, At(1 + (i * 0.1))));
        }
    }

    [Fact]
    public void A_guest_that_polled_and_then_claims_to_boot_is_still_watched()
    {
        PollWatchdog watchdog = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        watchdog.Check(LcoreState.Polling, 5, At(0));
        string? cause = null;
        for (int i = 1; i < 30; i++)
        {
            cause ??= watchdog.Check(LcoreState.Booting, 5, At(i * 0.1));
        }

        Assert.Equal("no poll for 2.0 s", cause);
    }

    [Fact]
    public void A_host_that_was_held_up_itself_does_not_blame_the_guest()
    {
        PollWatchdog watchdog = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        watchdog.Check(LcoreState.Polling, 5, At(0));

        Assert.Null(watchdog.Check(LcoreState.Polling, 5, At(60)));
    }

    [Fact]
    public void Zero_is_no_watchdog_but_the_boot_limit_stays()
    {
        PollWatchdog watchdog = new(TimeSpan.FromSeconds(1), TimeSpan.Zero);
        string? cause = null;
        for (int i = 1; i < 20; i++)
        {
            cause ??= watchdog.Check(LcoreState.Starting, 0, At(i * 0.1));
        }

        Assert.Equal("not polling 1.0 s after its start", cause);

        PollWatchdog polling = new(TimeSpan.FromSeconds(1), TimeSpan.Zero);
        for (int i = 1; i < 100; i++)
        {
            Assert.Null(polling.Check(LcoreState.Polling, 0, At(i * 0.1)));
        }
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
