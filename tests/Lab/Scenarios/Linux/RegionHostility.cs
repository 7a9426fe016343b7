using System.Globalization;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What a hostile guest does to the shared page harms nobody but itself.</summary>
[Collection(LinuxMachine.Collection)]
public class RegionHostility(LinuxMachine machine)
{
    [Fact]
    public void A_page_scribbled_over_disturbs_neither_the_daemon_nor_another_VM() => On(host =>
    {
        // While it goes on the other VM is answered.
        host.Job("""
            l2 b '/scribble $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 10 >/tmp/scribble.out 2>&1 & true'
            ask a 1
            """);
        host.Job("[ $(cat $cpufreq/policy1/scaling_cur_freq) = 2600000 ] && unit_lives");
        Assert.Contains("scribbled ", host.Job("l2 b 'while pidof scribble >/dev/null; do sleep 0.2; done; cat /tmp/scribble.out'").Output, StringComparison.Ordinal);

        // b is a guest with control on pCPU 0: what it scribbled there were wishes within its bounds, and they lapse.
        host.Job("until_khz 0 800000");
        host.Expect(LinuxHost.Rest, 1);
        host.Job("asked_no_more a; until_khz 1 800000; l2_kill b; unit_lives");

        // A VM that comes anew finds a page made anew.
        Assert.Equal(["SetPState 2 -> 2"], LinuxHost.Replies(host.Job("vm b; ask b 2; asked_no_more b", 150)));
    });

    [Fact]
    public void A_flood_is_throttled_while_another_VM_is_answered() => On(host =>
    {
        const int Flood = 1000;
        Assert.Equal("pCPU 0 nice -20\npCPU 1 nice -20\n", host.Job("serve_nice | sort").Output); // as the unit permits a user without capabilities
        host.Job($"l2_user b '$probe probe --doorbell region --reply-ms 5000 --flood {Flood} >/tmp/flood.out 2>&1 & true'");
        Assert.Equal(["SetPState 1 -> 1"], LinuxHost.Replies(host.Job("ask a 1; asked_no_more a")));
        string line = Assert.Single(host.Job("l2 b 'while pidof guestprobe >/dev/null; do sleep 0.2; done; cat /tmp/flood.out'", 120).Output.Split('\n'), l => l.StartsWith($"flood {Flood}: ", StringComparison.Ordinal));
        Assert.Equal((Flood, 0), (Number(line, "granted") + Number(line, "throttled"), Number(line, "denied") + Number(line, "other")));
        Assert.True(Number(line, "granted") > 0 && Number(line, "throttled") > 0, line);
    });

    private static int Number(string line, string name)
    {
        string[] words = line.Split(' ', ',', ';');
        return int.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
    }

    private void On(Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm a; vm b", 200);
        scenario(host);
        return true;
    });
}
