using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// Hypercalls of a vCPU that is plugged into a running VM and taken out, while the other one calls all the time. On a machine with one CPU: with two QEMU's parallel TCG now and then shuts a
/// vCPU down that its kernel brings up, patching its own code meanwhile, and the VM starts anew.
/// </summary>
[Collection(OneCpuLinuxMachine.Collection)]
public partial class ObservedHotPlug(OneCpuLinuxMachine machine)
{
    private const int Times = 2, Calls = 10;

    // Looked for once a second, and twice before that is told. In hundredths of a second, of a machine with nothing else to do.
    private const int MostCentiseconds = 200;

    [Fact]
    public void A_vCPU_plugged_in_is_observed_within_two_seconds_and_taken_out_leaves_no_watch() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("serve_f 2; vm_one; watched 1; observed_f", 200);
        host.Job("l2_user f '/hypercall_guest $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 0 0 3 1000000 >/tmp/many.out 2>&1 & true'; until_khz 0 1400000");
        for (int time = 0; time < Times; time++)
        {
            Assert.InRange(Centiseconds(host.Job("plug_f")), 0, MostCentiseconds * LabSession.Patience);
            HypercallAnswers plugged = HypercallAnswers.Call(host, vcpu: 1, slot: 1, pState: 1, Calls);
            Assert.Equal((Calls, 1, 0), (plugged.Echoed, plugged.Result, plugged.Denied)); // the faster wish of the two that share the pCPU
            Assert.True(plugged.Prompt > Calls / 2, $"{plugged}"); // a slot is looked at every 250 ms all the same
            host.Job("unplug_f; until_khz 0 1400000");
        }

        // The other one was answered all the time.
        HypercallAnswers all = HypercallAnswers.Of(host.Job("l2 f 'killall hypercall_guest; while pidof hypercall_guest >/dev/null; do sleep 0.2; done; cat /tmp/many.out'"));
        Assert.Equal((all.Calls, 0, 3), (all.Echoed, all.Denied, all.Result));
        host.Job("unit_lives && until_khz 0 800000; l2_kill f; watched 0; serve_stop >/dev/null 2>&1");
        return true;
    });

    private static int Centiseconds(LabResult result)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        return int.Parse(Watched().Match(result.Output).Groups["cs"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^watched 2 after (?<cs>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Watched();
}
