using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Hypercalls of a vCPU that is plugged into a running VM, moved to another pCPU and back, and taken out, while the other one calls all the time.</summary>
[Collection(LinuxMachine.Collection)]
public partial class ObservedHotPlug(LinuxMachine machine)
{
    private const int Times = 2, Calls = 10;

    // Looked for once a second, and twice before that is told. In hundredths of a second, of a machine with nothing else to do.
    private const int MostCentiseconds = 200;

    /// <summary>Its guest does not always give the vCPU back under QEMU's TCG, and then nothing is taken out. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void A_vCPU_plugged_in_is_observed_within_two_seconds_and_taken_out_leaves_no_watch() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm_one; watched 1; observed_f", 200);
        host.Job("l2_user f '/hypercall_guest $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 0 0 1 1000000 >/tmp/many.out 2>&1 & true'");
        for (int time = 0; time < Times; time++)
        {
            Assert.InRange(Centiseconds(host.Job("plug_f")), 0, MostCentiseconds * LabSession.Patience);
            HypercallAnswers plugged = HypercallAnswers.Of(host.Job($"call 1 1 2 {Calls}", 120));
            Assert.Equal((Calls, 2, 0), (plugged.Echoed, plugged.Result, plugged.Denied));
            Assert.True(plugged.Prompt > Calls / 2, $"{plugged}"); // a slot is looked at every 250 ms all the same
            host.Job("unplug_f; until_khz 1 800000");
        }

        // On the other's pCPU it asks for nothing of anybody's; where it belongs it is served again.
        host.Job("plug_f; l2_pin f 0 1");
        HypercallAnswers elsewhere = HypercallAnswers.Of(host.Job($"call 1 1 0 {Calls}", 120));
        Assert.True(elsewhere.Denied > Calls / 2 && elsewhere.Echoed == Calls, $"{elsewhere}");
        host.Job("serve_told 'f vCPU 1 .*wrong CPU'; until_khz 0 2600000; until_khz 1 800000; l2_pin f 1 1");
        HypercallAnswers back = HypercallAnswers.Of(host.Job($"call 1 1 3 {Calls}", 120));
        Assert.Equal((Calls, 3, 0), (back.Echoed, back.Result, back.Denied));
        host.Job("unplug_f");

        // The other one was answered all the time, and rightly.
        HypercallAnswers all = HypercallAnswers.Of(host.Job("l2 f 'killall hypercall_guest; while pidof hypercall_guest >/dev/null; do sleep 0.2; done; cat /tmp/many.out'"));
        Assert.Equal((all.Calls, 0, 1), (all.Echoed, all.Other, all.Result));
        host.Job("unit_lives && until_khz 0 800000; l2_kill f; watched 0");
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
