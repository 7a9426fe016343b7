using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 on a CPU that counts its instructions, for VMs of stock QEMU with Linux in them.</summary>
public sealed class CountingLinuxMachine()
    : LabMachine(new MachineKind("counting-linux", MachineKind.Linux612, Cpus: 1) { KvmXen = true, CountsInstructions = true, HasLinuxGuests = true })
{
    public const string Collection = "lab: Linux 6.12 with Linux guests, counted instructions";
}

[CollectionDefinition(CountingLinuxMachine.Collection)]
public sealed class CountingLinuxMachineDefinition : ICollectionFixture<CountingLinuxMachine>;
