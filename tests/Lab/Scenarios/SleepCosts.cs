using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>
/// How late a sleep of 50 us ends in the micro-VM, on a machine that does nothing else: beside the same sleep of a process of the same Linux, and one exit of the bare C loop. In instructions, of which the machine makes one a
/// nanosecond; an idle machine's clock leaps to its next timer.
/// </summary>
[Collection(CountingMachine.Collection)]
public partial class SleepCosts(CountingMachine machine)
{
    // Later by three tenths at most than a sleep and an exit by themselves.
    private const double Most = 1.3;

    // A sleep is one system call, and that one exit to hoststub; the timer's interrupt comes while the vCPU is out. The scheduler's tick, and what a boot does now and then, come on top.
    private const double MostExits = 1.1;
    private const int MoreSleeps = 1000;

    private const string Lateness = """
        export DOTNET_TieredCompilation=0
        chroot /disk $probe bench-sleeps 500
        chroot /disk /app/prebuilt/exit_baseline port 1000 0
        hoststub run $probe -- bench-sleeps 500
        """;

    private const string Exits = """
        export DOTNET_TieredCompilation=0
        kvm=/sys/kernel/tracing/events/kvm
        for sleeps in 500 1500; do
            for event in kvm_exit kvm_userspace_exit; do echo 'hist:keys=common_pid' >$kvm/$event/trigger || exit; done
            hoststub run $probe -- bench-sleeps $sleeps || exit
            for event in kvm_exit kvm_userspace_exit; do
                echo $event $(sed -n 's/ *Hits: //p' $kvm/$event/hist)
                echo '!hist:keys=common_pid' >$kvm/$event/trigger
            done
        done
        """;

    [Fact]
    public void A_sleep_ends_as_late_as_a_process_of_the_host_and_one_exit()
    {
        LabResult result = machine.RunSealed(Lateness, 150).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        long[] late = [.. Late().Matches(result.Output + result.Error).Select(m => Number(m.Groups[1]))];
        long exit = Number(Assert.Single(Bare().Matches(result.Output)).Groups[1]);

        Assert.Equal(2, late.Length);
        Assert.InRange(late[1], late[0], Most * (late[0] + exit));
    }

    [Fact]
    public void A_sleep_is_one_exit()
    {
        LabResult result = machine.RunSealed(Exits, 200).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        Assert.All((string[])["kvm_exit", "kvm_userspace_exit"], what =>
        {
            long[] counted = [.. Counted().Matches(result.Output).Where(m => m.Groups[1].Value == what).Select(m => Number(m.Groups[2]))];
            Assert.Equal(2, counted.Length);
            Assert.InRange((double)(counted[1] - counted[0]) / MoreSleeps, 1 / MostExits, MostExits);
        });
    }

    private static long Number(Group group) => long.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"bench-sleeps .*late_p50_ticks=(\d+)")]
    private static partial Regex Late();

    // "p50 p90 p99 min".
    [GeneratedRegex(@"^(\d+) \d+ \d+ \d+$", RegexOptions.Multiline)]
    private static partial Regex Bare();

    [GeneratedRegex(@"^(kvm_\w+) (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Counted();
}
