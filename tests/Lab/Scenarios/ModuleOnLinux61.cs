using PollScale.Lab.Machine;
using PollScale.Lab.Scenarios.Linux;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>The kernel module on Linux 6.1, from the same source, with a VM of the least kind.</summary>
[Collection(StockHardwareMachine.Collection)]
public class ModuleOnLinux61(StockHardwareMachine machine)
{
    [Fact]
    public void A_granted_vCPU_is_answered_and_the_module_comes_and_goes_under_load()
    {
        machine.SkipWithoutModule();
        machine.OnOneBoot(session =>
        {
            LinuxHost host = new(session);
            host.Job("clocks; dmesg -c >/dev/null; own_vm");
            Assert.Equal(["2 1 -> -1000"], LinuxHost.Replies(host.Job("own_calls 2 1"))); // KVM's own answer at CPL 0
            Assert.Contains("granted", host.Job("module_load; grant_of own $(cat /tmp/own.pid) hypercall_vm 0 fastest=1 slowest=3").Output, StringComparison.Ordinal);
            Assert.Equal(
                ["0 1 -> 65541", "1 0 -> 4", "2 0 -> 1", "3 -1 -> 2", "4 0 -> 1", "5 0 -> 3", "6 0 -> 3200000", "7 0 -> 65539", "2 9 -> -22", "8 0 -> -1000"],
                LinuxHost.Replies(host.Job("own_calls 0 1 1 0 2 0 3 -1 4 0 5 0 6 0 7 0 2 9 8 0")));
            Assert.Equal(3, host.PState(0));
            host.Job("own_calls 2 2 >/dev/null; grant_end own");
            Assert.Equal(2, host.PState(0));
            Assert.Equal(["2 1 -> -1000"], LinuxHost.Replies(host.Job("own_calls 2 1")));

            // Calls all the time, some granted and some not.
            host.Job("(while :; do printf '2 1\\n2 2\\n' >/run/own; done) & load=$!; n=0; while [ $n -lt 20 ]; do module_load && grant_of own $(cat /tmp/own.pid) hypercall_vm 0 >/dev/null && sleep 0.2 && grant_end own && rmmod pollscale_kvm || exit 1; n=$((n + 1)); done; kill $load", 120);
            host.Job("grep -q '2 1 -> 1' /tmp/own.out && grep -q '2 1 -> -1000' /tmp/own.out && killall -9 hypercall_vm && log_clean");
            return true;
        });
    }
}
