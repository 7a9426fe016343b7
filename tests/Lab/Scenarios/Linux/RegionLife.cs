using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Ends and beginnings of all that has a part in a shared page: whatever dies, the pCPU comes to its rest; whatever comes back is served.</summary>
[Collection(LinuxMachine.Collection)]
public class RegionLife(LinuxMachine machine)
{
    // Each takes a boot of the guest: POLLSCALE_KILLS says how often, where an ordinary run has no time for more.
    private static readonly int s_times = int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_KILLS"), out int times) ? times : 2;

    [Fact]
    public void After_kill_9_of_the_process_its_wish_lapses() => Repeated("asked_no_more a");

    [Fact]
    public void After_a_reboot_of_the_guest_its_wish_lapses_and_it_is_served_again() => Repeated("l2_reset a; until_khz 1 800000; l2 a 'regions_for_all; ports_for_all'");

    [Fact]
    public void After_kill_9_of_QEMU_its_wish_is_withdrawn() => Repeated("l2_kill a");

    [Fact]
    public void A_restart_of_the_daemon_keeps_the_page_of_a_running_VM() => On(host =>
    {
        host.Job("ask a 1");
        host.Expect(LinuxHost.Rest, 1);
        Assert.NotEqual("0\n", host.Job("cat $unit/stored").Output);
        host.Job("serve_restart", 120);

        // The process goes on and repeats its wish.
        host.Job("until_khz 1 2600000");
        host.Expect(LinuxHost.Rest, 1);
        host.Job("serve_told RegionTakenOver");
        host.Job("asked_no_more a; until_khz 1 800000");
        Assert.Equal(["SetPState 2 -> 2"], LinuxHost.Replies(host.Job("ask a 2; asked_no_more a")));
    });

    [Fact]
    public void After_kill_9_of_the_daemon_the_next_one_serves_the_VM_on() => On(host =>
    {
        host.Job("ask a 1");
        host.Job("serve_kill; serve_ready", 120);
        host.Job("until_khz 1 2600000");
        host.Expect(LinuxHost.Rest, 1);
        host.Job("asked_no_more a; until_khz 1 800000");
    });

    [Fact]
    public void A_page_plugged_into_a_running_VM_is_found_and_served() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("serve_ensure; l2_kill a; l2_pcpu=1 l2_start a 6.12", 150);
        host.Job("""
            l2_monitor a 'chardev-add socket,path=/run/pollscale/a.sock,id=ps0'
            l2_monitor a 'device_add ivshmem-doorbell,id=ps0,chardev=ps0,vectors=1'
            l2 a 'until grep -q 0x1110 /sys/bus/pci/devices/*/device; do sleep 0.1; done; regions_for_all'
            """);
        Assert.Equal(["SetPState 2 -> 2"], LinuxHost.Replies(host.Job("ask a 2")));
        host.Expect(LinuxHost.Rest, 2);

        // Taken out under the program.
        host.Job("l2_monitor a 'device_del ps0'; until_khz 1 800000; l2_kill a");
        return true;
    });

    private void Repeated(string end) => On(host =>
    {
        for (int time = 0; time < s_times; time++)
        {
            Assert.Equal(["SetPState 1 -> 1"], LinuxHost.Replies(host.Job("vm a; ask a 1", 150)));
            host.Expect(LinuxHost.Rest, 1);
            host.Job($"{end}; until_khz 1 800000", 120);
            host.Expect(LinuxHost.Rest, LinuxHost.Rest);
        }
    });

    private void On(Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm a", 150);
        scenario(host);
        return true;
    });
}
