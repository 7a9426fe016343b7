using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// A daemon that stands still for 10 s holds no vCPU up: not by the doorbell, not by a full virtio-serial port, and not by the debug port, which its reader
/// process drains on. Counted: an instruction is a nanosecond of this machine, and nothing else disturbs it.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class StoppedDaemon(CountingLinuxMachine machine)
{
    private const int Seconds = 10;

    // 1 ms. All share one CPU, so that a turn of another program (a runtime that compiles) may fall into one call of a thousand; who is held up is so in every boot.
    private const long Most = 1_000_000;
    private const int Boots = 3;

    private static readonly string s_job = $$$"""
        policy <<-END
        version: 1
        guests:
          - name: a
            control: true
            shmem: {listen: /run/pollscale/a.sock}
            vcpus:
              - {vcpu: 0, pcpu: 0, channel: {debugcon: /run/l2/a/acpi0}}
              - {vcpu: 1, pcpu: 0, channel: {connect: /run/l2/a/poweragent.0}}
        END
        unset DOTNET_TieredPGO
        serve_start
        hoststub guest a --policy /etc/pollscale/policy.yaml --acpi-table /run/a.aml >/dev/null
        l2_append=lab.devices l2_start a 6.12 $(region a) $(port a) -acpitable file=/run/a.aml -chardev socket,id=acpi0,path=/run/l2/a/acpi0,server=on,wait=off -device isa-debugcon,iobase=0x5650,chardev=acpi0
        l2 a 'cpu 0 scaling_governor userspace'
        # each KIND SECONDS: what it may compile is compiled the first time.
        each() {
            l2 a "device=\$(dirname \$(grep -l 0x1110 /sys/bus/pci/devices/*/device)); /stopped_guest post \$device $1; /stopped_guest port /dev/vport*p1 $1; /stopped_guest acpi /sys/devices/system/cpu/cpu0/cpufreq $1" 120
        }
        sleep 1; each 2 >/dev/null
        pid=$(cat /proc/$(cat /tmp/unit.pid)/task/*/children)
        kill -STOP $pid; each {{{Seconds}}}; kill -CONT $pid
        sleep 1; serve_stop | tail -n 1 | grep -o '"endpoint":"debugcon[^}]*"control_bytes":[0-9]*' | grep -o '[a-z_]*":[0-9]*$'
        """;

    [Fact]
    public void No_vCPU_is_held_up_for_a_millisecond_while_it_stands_still_for_ten_seconds()
    {
        Dictionary<string, long> most = Count();
        for (int boot = 1; boot < Boots && most.Values.Max() > Most; boot++)
        {
            most = Count();
        }

        Assert.All(most, what => Assert.InRange(what.Value, 1, Most));
    }

    private Dictionary<string, long> Count()
    {
        LabResult run = machine.RunSealed(s_job, 120).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Dictionary<string, long> most = Line().Matches(run.Output).ToDictionary(line => line.Groups["what"].Value, line => long.Parse(line.Groups["most"].Value, CultureInfo.InvariantCulture));
        Assert.Equal(["acpi", "port", "post"], most.Keys.Order(StringComparer.Ordinal));
        return most;
    }

    [GeneratedRegex(@"(?<what>post|port|acpi) \d+ times, most (?<most>\d+) ticks")]
    private static partial Regex Line();
}
