using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>
/// Two CPUs that take turns and count their instructions on one clock, with P-states, for VMs of stock QEMU with Linux in them: what runs on one of them alone takes its own instructions; what
/// hands over to the other one takes those of both meanwhile.
/// </summary>
public sealed class CountingTwoCpusMachine()
    : LabMachine(new MachineKind("counting-two", MachineKind.Linux612, Cpus: 2) { KvmXen = true, CountsInstructions = true, HasDevices = true, HasLinuxGuests = true })
{
    public const string Collection = "lab: Linux 6.12 with Linux guests and P-states, two CPUs, counted instructions";
}

[CollectionDefinition(CountingTwoCpusMachine.Collection)]
public sealed class CountingTwoCpusMachineDefinition : ICollectionFixture<CountingTwoCpusMachine>;
