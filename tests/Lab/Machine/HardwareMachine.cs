using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>Linux 6.12 with two CPUs that have P-states, and with the port of a guest channel.</summary>
public sealed class HardwareMachine() : LabMachine(new MachineKind("hardware", MachineKind.Linux612, Cpus: 2) { KvmXen = true, HasDevices = true })
{
    public const string Collection = "lab: Linux 6.12 with P-states";
}

[CollectionDefinition(HardwareMachine.Collection)]
public sealed class HardwareMachineDefinition : ICollectionFixture<HardwareMachine>;
