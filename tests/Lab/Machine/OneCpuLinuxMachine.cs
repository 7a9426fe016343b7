using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>
/// Linux 6.12 with one CPU that has P-states, for VMs of stock QEMU with Linux in them: what patches the kernel's code again and again is tried here, since with two CPUs QEMU's TCG now and
/// then runs a stale breakpoint of the kernel's patching.
/// </summary>
public sealed class OneCpuLinuxMachine() : LabMachine(new MachineKind("linux-one", MachineKind.Linux612, Cpus: 1) { KvmXen = true, HasDevices = true, HasLinuxGuests = true })
{
    public const string Collection = "lab: Linux 6.12 with Linux guests, one CPU";
}

[CollectionDefinition(OneCpuLinuxMachine.Collection)]
public sealed class OneCpuLinuxMachineDefinition : ICollectionFixture<OneCpuLinuxMachine>;
