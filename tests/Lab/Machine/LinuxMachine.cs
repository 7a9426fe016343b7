using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 with two CPUs that have P-states, for VMs of stock QEMU with Linux in them, and `hoststub serve` beside them.</summary>
public sealed class LinuxMachine() : LabMachine(new MachineKind("linux", MachineKind.Linux612, Cpus: 2) { KvmXen = true, HasDevices = true, HasLinuxGuests = true })
{
    public const string Collection = "lab: Linux 6.12 with Linux guests";
}

[CollectionDefinition(LinuxMachine.Collection)]
public sealed class LinuxMachineDefinition : ICollectionFixture<LinuxMachine>;
