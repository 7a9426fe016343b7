using PollScale.HostStub.Doctor.Files;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Does the TSC tick evenly whatever the frequency?</summary>
internal sealed class TscCheck(IHostFiles files, bool isInvariant) : ICheck
{
    public IEnumerable<Finding> Run()
    {
        const string Name = "tsc";
        FileText source = files.Read("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        string kernel = source.IsRead ? $" The kernel's clock source is {source.Text}." : "";
        yield return isInvariant ? new Finding(Name, FindingStatus.Ok, $"The TSC is invariant (CPUID 80000007h).{kernel}")
            : source is { IsRead: true, Text: "tsc" }
            ? new Finding(Name, FindingStatus.Warning, $"CPUID does not promise an invariant TSC, but the kernel trusts it.{kernel}", "A hypervisor hides the bit of VMs that may migrate.", "In QEMU: -cpu host,+invtsc,migratable=no.")
            : new Finding(Name, FindingStatus.Warning, $"CPUID does not promise an invariant TSC.{kernel}", "Delays and rates are measured in its ticks; where it follows the P-state they are wrong.", "In a VM: QEMU's -cpu host,+invtsc. On metal: a processor with the bit.");
    }
}
