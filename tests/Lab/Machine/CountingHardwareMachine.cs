using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 on a CPU that counts its instructions and has P-states, for VMs of stock QEMU with Linux in them.</summary>
public sealed class CountingHardwareMachine()
    : LabMachine(new MachineKind("counting-hardware", MachineKind.Linux612, Cpus: 1) { KvmXen = true, CountsInstructions = true, HasDevices = true, HasLinuxGuests = true })
{
    public const string Collection = "lab: Linux 6.12 with Linux guests and P-states, counted instructions";
}

[CollectionDefinition(CountingHardwareMachine.Collection)]
public sealed class CountingHardwareMachineDefinition : ICollectionFixture<CountingHardwareMachine>;
